"""What has been graded, line by line, so that a run which is ended at any point can go on."""

import json
import os
from pathlib import Path
from types import TracebackType

from netlab.grading.grade import Record
from netlab.grading.sources import SubmissionsError

KEYS = {
    "student", "name", "file", "exercise", "points", "possible", "tasks", "notes", "failed",
}  # fmt: skip


class Journal:
    """Records by the keys of their jobs, in a file of lines of JSON.

    A line counts when it is on the disk as a whole; the last one may have been cut off.  Only one
    run at a time writes to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("a+b")
        except OSError as error:
            raise SubmissionsError(f"{path} cannot be written: {error.strerror}") from None
        if not _lock(self._file.fileno()):
            self._file.close()
            raise SubmissionsError(
                f"another run is grading into {path.parent} under this name: wait for its end, or "
                "choose another --out"
            )
        self._records = self._read()

    def _read(self) -> dict[str, Record]:
        self._file.seek(0)
        content = self._file.read()
        if content and not content.endswith(b"\n"):
            self._file.write(b"\n")  # what was cut off is a line of its own
        found: dict[str, Record] = {}
        for line in content.splitlines():
            try:
                entry = json.loads(line)
                key, record = entry["key"], entry["record"]
                if record.keys() >= KEYS:
                    found[key] = record
            except (ValueError, LookupError, TypeError, AttributeError):
                continue
        return found

    def get(self, key: str) -> Record | None:
        """What is known under that key."""
        return self._records.get(key)

    def add(self, key: str, record: Record) -> None:
        """Keep a record; when this returns it is on the disk."""
        try:
            self._file.write(_line(key, record))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise SubmissionsError(f"{self.path} cannot be written: {error.strerror}") from None
        self._records[key] = record

    def shorten(self, keys: set[str]) -> None:
        """Leave out all that belongs to other submissions, or to older versions of these."""
        if self._records.keys() <= keys:
            return
        kept = {key: record for key, record in self._records.items() if key in keys}
        write(self.path, b"".join(_line(key, record) for key, record in kept.items()), sure=True)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def _line(key: str, record: Record) -> bytes:
    return json.dumps({"key": key, "record": record}).encode() + b"\n"


def _lock(descriptor: int) -> bool:
    """Whether nobody else holds the file; on Windows nobody is asked."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write(path: Path, content: bytes | str, sure: bool = False) -> None:
    """Write a file as a whole or not at all.

    sure  whether not even a power cut may take it; the next run writes other files again
    """
    content = content.encode() if isinstance(content, str) else content
    part = path.with_name(f".{path.name[:200]}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            if sure:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SubmissionsError(f"{path} cannot be written: {error.strerror}") from None

"""Where submissions are: a folder, or a zip.  Nothing here trusts what it reads.

A zip is never unpacked: its entries are read where they are, up to a size.  Names that lead out of
the folder, links, and devices are refused.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Protocol

from netlab.words import printable

LARGEST = 16 * 2**20
"""Bytes of a notebook that is read at most; with pictures in its outputs one has a few million."""

MOST_FILES = 100_000

BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways to pack an entry that `zipfile` unpacks piece by piece: others may fill the memory."""

HIDDEN = ("__MACOSX",)
"""Folders that a Mac adds to a zip; what begins with a dot is left out too."""


class SubmissionsError(Exception):
    """The submissions cannot be graded, in one sentence with the remedy."""


class Refused(Exception):
    """A file that is not read: why, as the end of a sentence that begins with its name."""


class Source(Protocol):
    """Files by their paths, the folders in which they are, and why some files are not read."""

    files: list[str]
    folders: list[str]
    refused: dict[str, str]

    def read(self, name: str) -> bytes:
        """The content of that file.  Refused for what is no plain file or is too large."""


def is_hidden(name: str) -> bool:
    """Whether a file or folder is none that a person made."""
    return not name or name.startswith(".") or name in HIDDEN


def opened(path: Path, without: Iterable[Path] = ()) -> Source:
    """The folder or zip.  SubmissionsError when it is neither."""
    if not path.exists():
        raise SubmissionsError(f"no such folder or zip: {path}")
    return Folder(path, without) if path.is_dir() else Zip(path)


class Folder:
    """The files below a folder."""

    def __init__(self, root: Path, without: Iterable[Path] = ()) -> None:
        self._root = root.resolve()
        self.files: list[str] = []
        self.folders: list[str] = []
        self.refused: dict[str, str] = {}
        left_out = {folder.resolve() for folder in without}
        for place, folders, files in os.walk(self._root, onerror=self._unread):
            here = Path(place)
            for name in [*folders]:
                shown = (here / name).relative_to(self._root).as_posix()
                if (here / name) in left_out or is_hidden(name):
                    folders.remove(name)
                elif (here / name).is_symlink():
                    folders.remove(name)
                    self.refused[shown] = "a link to a folder is not followed"
                else:
                    self.folders.append(shown)
            self.files += [(here / name).relative_to(self._root).as_posix() for name in files]
            if len(self.files) > MOST_FILES:
                raise SubmissionsError(f"there are more than {MOST_FILES:,} files in {root}")

    def _unread(self, error: OSError) -> None:
        shown = Path(error.filename).relative_to(self._root).as_posix()
        if shown == ".":
            raise SubmissionsError(f"{self._root}: {error.strerror}")
        self.refused[shown] = f"the folder cannot be read: {error.strerror}"

    def read(self, name: str) -> bytes:
        path = self._root / name
        if path.is_symlink():  # it might lead to another student's work, or out of the folder
            raise Refused("it is a link")
        try:
            # a named pipe would wait for somebody to write
            with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Refused("it is no plain file")
                return _bounded(file.read(LARGEST + 1))
        except OSError as error:
            raise Refused(f"it cannot be read: {error.strerror}") from None


class Zip:
    """The entries of a zip."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            raise SubmissionsError(f"{path} is neither a folder nor a zip") from None
        except OSError as error:
            raise SubmissionsError(f"{path}: {error.strerror}") from None
        if len(self._zip.infolist()) > MOST_FILES:
            raise SubmissionsError(f"there are more than {MOST_FILES:,} files in {path}")
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self.folders: list[str] = []
        self.refused: dict[str, str] = {}
        for entry in self._zip.infolist():
            name = entry.filename.replace("\\", "/")
            parts = PurePosixPath(name).parts
            if ".." in parts or name.startswith("/") or ":" in name[:3]:
                self.refused[name] = "its name leads out of the zip"
            elif name.endswith("/"):
                self.folders.append("/".join(parts))
            else:
                self._entries["/".join(parts)] = entry
        tops = {name.split("/")[0] for name in [*self._entries, *self.folders]}
        self._top = f"{path.stem}/" if tops == {path.stem} else ""
        self.files = [name.removeprefix(self._top) for name in self._entries]
        self.folders = [
            name.removeprefix(self._top) for name in self.folders if f"{name}/" != self._top
        ]

    def read(self, name: str) -> bytes:
        entry = self._entries[self._top + name]
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("it is a link")
        if entry.flag_bits & 1:
            raise Refused("it is encrypted")
        if entry.compress_type not in BOUNDED:
            raise Refused("it is packed in an unusual way: only deflated entries are read")
        try:
            with self._zip.open(entry) as file:
                return _bounded(file.read(LARGEST + 1))
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            OSError,
            EOFError,
            ValueError,
        ) as error:
            raise Refused(f"it cannot be read: {printable(str(error))}") from None


def _bounded(content: bytes) -> bytes:
    if len(content) > LARGEST:
        raise Refused(
            f"it has more than {LARGEST // 2**20} MB: clear the outputs and hand it in again"
        )
    return content

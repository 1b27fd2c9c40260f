"""What the learner has done: a small file of their own, on this computer only.

The file is progress.json in the folder where the system keeps users' data; the variable
NETLAB_PROGRESS names another one, and where it is empty nothing is kept.
"""

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path


def place() -> Path | None:
    """The file, which need not be there yet; None when nothing is to be kept."""
    named = os.environ.get("NETLAB_PROGRESS")
    if named is not None:
        return Path(named) if named else None
    if sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return data / "netlab" / "progress.json"


def done() -> dict[str, str]:
    """When each thing was first done, by its name: "00/overhead" for a task that was answered
    rightly, "packets-for-a-page" for a question that was answered.  Times are ISO 8601."""
    return {key: str(value) for key, value in _kept(place()).items()}


def note(name: str) -> None:
    """Keep that this was done, unless it is kept already."""
    path, kept = place(), done()
    if path is not None and name not in kept:
        _keep(path, kept | {name: datetime.now().isoformat(timespec="seconds")})


def missed(name: str) -> int:
    """Keep that an answer was wrong; how often it was by now, 0 when nothing is kept.

    These counts stand in failures.json beside the file."""
    path = place()
    if path is None:
        return 0
    path = path.with_name("failures.json")
    counts = _kept(path)
    before = counts.get(name)
    count = (before if isinstance(before, int) else 0) + 1
    _keep(path, counts | {name: count})
    return count


def _kept(path: Path | None) -> dict[str, object]:
    """What a file holds: nothing when there is none, or it is no longer readable."""
    if path is None:
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): value for key, value in kept.items()} if isinstance(kept, dict) else {}


def _keep(path: Path, kept: Mapping[str, object]) -> None:
    """Replace the file as a whole, so that it is never half written.  A check must not fail
    because a disk is full: what cannot be kept is let go."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, fresh = tempfile.mkstemp(dir=path.parent, prefix=".progress-")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1)
        os.replace(fresh, path)

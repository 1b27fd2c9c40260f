"""What the learner has done: a small file of their own, on this computer only.

The file is progress.json in the folder where the system keeps users' data; the variable
NETLAB_PROGRESS names another one, and where it is empty nothing is kept.
"""

import json
import os
import sys
import tempfile
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
    path = place()
    if path is None:
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or no longer readable: begin anew
        return {}
    return {str(key): str(value) for key, value in kept.items()} if isinstance(kept, dict) else {}


def note(name: str) -> None:
    """Keep that this was done, unless it is kept already.

    The file is replaced as a whole, so that it is never half written.  A check must not fail
    because a disk is full: what cannot be kept is let go.
    """
    path, kept = place(), done()
    if path is None or name in kept:
        return
    kept[name] = datetime.now().isoformat(timespec="seconds")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, fresh = tempfile.mkstemp(dir=path.parent, prefix=".progress-")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1)
        os.replace(fresh, path)

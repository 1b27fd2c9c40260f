"""The one error of capture files."""


class CaptureError(Exception):
    """A capture file that cannot be read, in one sentence: which file, where, and why."""

"""Header fields: in their order, repeated ones kept, upper and lower case alike."""

from collections.abc import Iterator
from typing import NamedTuple


class Field(NamedTuple):
    """A header: its name as sent, its value without surrounding white space, and the bytes of
    the stream that it stands in."""

    name: str
    value: str
    start: int
    end: int


class Headers:
    """The headers of a message, in the order in which they came (RFC 9110 section 5.3).

    `headers["host"]` is the value under that name, upper and lower case alike; of a repeated one
    all values, joined by commas (RFC 9110 section 5.2).  KeyError when there is none.
    """

    def __init__(self, fields: list[Field]) -> None:
        self.fields = tuple(fields)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value under that name; Set-Cookie must be read so, for its values hold commas."""
        return tuple(field.value for field in self.fields if field.name.lower() == name.lower())

    def get(self, name: str, default: str = "") -> str:
        """The value under that name, or the default."""
        return ", ".join(self.all(name)) or default

    def items(self, name: str) -> tuple[str, ...]:
        """The single members of a header that is a list, in lower case."""
        members = (
            member.strip().lower() for value in self.all(name) for member in value.split(",")
        )
        return tuple(filter(None, members))

    def __getitem__(self, name: str) -> str:
        found = self.all(name)
        if not found:
            names = ", ".join(field.name for field in self.fields) or "none"
            raise KeyError(f"there is no header {name}: there are {names}")
        return ", ".join(found)

    def __contains__(self, name: str) -> bool:
        return bool(self.all(name))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((field.name, field.value) for field in self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self)

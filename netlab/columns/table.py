"""A capture as a table: a column for each thing known of a packet, a row for each packet."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from netlab.columns.batches import Batch, batches
from netlab.columns.walk import Found, dissected
from netlab.counts import counted
from netlab.wire.ipv4 import IPv4
from netlab.wire.ipv6 import IPv6
from netlab.wire.tcp import TCP, TCPFlags

if TYPE_CHECKING:
    import pandas
    import pyarrow

Array = np.ndarray[Any, Any]

LARGE = 64 << 20
"""Bytes of a file from which on a progress bar is shown."""

SHOWN = 10
"""Rows that a table shows of itself."""


@dataclass(frozen=True, eq=False, slots=True)
class Coded:
    """A column of texts that repeat: each text once, and of each row which one it has."""

    codes: Array
    texts: Array

    def __getitem__(self, rows: Array) -> "Coded":
        return Coded(self.codes[rows], self.texts)

    def __array__(self, *_: Any, **__: Any) -> Array:
        texts: Array = self.texts[self.codes]
        return texts

    def __eq__(self, text: object) -> Array:  # type: ignore[override]
        """Which rows have that text."""
        found = np.flatnonzero(self.texts == text)
        rows: Array = self.codes == (found[0] if len(found) else -1)
        return rows


class Table:
    """The columns of a capture, each an array with an entry for each packet:

    time          nanoseconds since the epoch, int64
    length        bytes on the wire, int32
    captured      bytes in the file, int32
    src, dst      the outermost IP addresses as text, "" without; `Coded`
    protocol      the innermost header on the way to the transport, such as TCP or ARP; `Coded`
    ip_protocol   the number of the IP protocol, 0 without, uint8
    src_port, dst_port   0 without, uint16
    flags         TCP's flags as a number, uint8
    connection    the same for both directions between two ends, counted from 0 in the order of
                  the first packets, int32; -1 without addresses

    `table["src"] == "192.0.2.1"` gives the rows with that address; `table.where(rows)` a table
    of these.
    """

    def __init__(self, columns: dict[str, Any]) -> None:
        self.columns = columns

    def __getitem__(self, name: str) -> Any:
        if name not in self.columns:
            raise KeyError(f"there is no column {name!r}: there are {', '.join(self.columns)}")
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns["time"])

    def where(self, rows: Array) -> "Table":
        """The rows for which `rows` is true, or whose numbers it holds."""
        return Table({name: column[rows] for name, column in self.columns.items()})

    def counts(self, name: str) -> dict[Any, int]:
        """How many packets have each value of a column, the most frequent first."""
        column = self[name]
        if isinstance(column, Coded):
            counted = np.bincount(column.codes, minlength=len(column.texts))
            pairs = zip(column.texts.tolist(), counted.tolist(), strict=True)
        else:
            values, found = np.unique(column, return_counts=True)
            pairs = zip(values.tolist(), found.tolist(), strict=True)
        return dict(sorted(((k, n) for k, n in pairs if n), key=lambda pair: -pair[1]))

    def to_arrow(self) -> "pyarrow.Table":
        """The table as pyarrow has it; needs pyarrow: pip install 'netlab[tables]'."""
        import pyarrow as pa

        columns = {
            name: pa.DictionaryArray.from_arrays(column.codes, column.texts.tolist())
            if isinstance(column, Coded)
            else pa.array(column)
            for name, column in self.columns.items()
        }
        columns["time"] = columns["time"].cast(pa.timestamp("ns"))
        return pa.table(columns)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write a Parquet file, which DuckDB, Polars, Spark and Dask read; needs pyarrow."""
        import pyarrow.parquet

        pyarrow.parquet.write_table(self.to_arrow(), os.fspath(path))

    def to_pandas(self) -> "pandas.DataFrame":
        """The table as a DataFrame, texts as categories; needs pandas."""
        import pandas as pd

        columns = {
            name: pd.Categorical.from_codes(column.codes, column.texts)  # type: ignore[arg-type]
            if isinstance(column, Coded)
            else column
            for name, column in self.columns.items()
        }
        return pd.DataFrame(columns | {"time": self["time"].view("datetime64[ns]")})

    def _rows(self) -> Iterator[list[str]]:
        """The first rows as people read them."""
        few = self.where(np.arange(min(len(self), SHOWN)))
        texts = {name: np.asarray(column).tolist() for name, column in few.columns.items()}
        first = texts["time"][0] if texts["time"] else 0
        texts["time"] = [f"{(time - first) / 1e9:.6f}" for time in texts["time"]]
        texts["flags"] = [TCP.flags.text(TCPFlags(n)) if n else "" for n in texts["flags"]]
        yield list(texts)
        yield from (list(map(str, row)) for row in zip(*texts.values(), strict=True))

    def __repr__(self) -> str:
        rows = list(self._rows())
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        return "\n".join([*lines, counted(len(self), "packet", ",")])

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
        )
        names = "".join(f"<th>{name}</th>" for name in head)
        return f"<table><tr>{names}</tr>{body}</table><p>{counted(len(self), 'packet', ',')}</p>"


def table(path: str | os.PathLike[str], *, progress: bool | None = None) -> Table:
    """The packets of a capture file as columns, for millions of packets.

    `progress` shows a bar; left out, it is shown for large files.  CaptureError as `read`.
    """
    texts: dict[str, int] = {"": 0}
    kinds: dict[str, int] = {}
    gathered: dict[str, list[Array]] = {}
    with _bar(path, progress) as advance:
        for batch in batches(path):
            for name, column in _columns(batch, dissected(batch), texts, kinds).items():
                gathered.setdefault(name, []).append(column)
            advance(int((batch.end - batch.start).sum()))
    whole = {name: np.concatenate(columns) for name, columns in gathered.items()} or _empty()
    whole["connection"] = _connections(whole)
    addresses = np.array(list(texts), dtype=object)
    columns: dict[str, Any] = dict(whole)
    columns |= {name: Coded(whole[name], addresses) for name in ("src", "dst")}
    columns["protocol"] = Coded(whole["protocol"], np.array(list(kinds), dtype=object))
    return Table(columns)


@contextmanager
def _bar(path: str | os.PathLike[str], progress: bool | None) -> Iterator[Any]:
    """A progress bar over the file's bytes, where one is wanted."""
    size = os.path.getsize(path) if os.path.exists(path) else 0
    if progress is False or (progress is None and size < LARGE):
        yield lambda _: None
        return
    from tqdm.auto import tqdm

    with tqdm(total=size, unit="B", unit_scale=True, desc=os.path.basename(path)) as bar:
        yield bar.update
        bar.update(max(size - bar.n, 0))


def _columns(
    batch: Batch, found: Found, texts: dict[str, int], kinds: dict[str, int]
) -> dict[str, Array]:
    """A batch's part of each column; new texts get the next codes."""
    names = np.array([kinds.setdefault(name, len(kinds)) for name in found.kinds], np.int32)
    return {
        "time": batch.time,
        "length": batch.wire_length.astype(np.int32),
        "captured": (batch.end - batch.start).astype(np.int32),
        "src": _coded(found.src, found.version, texts),
        "dst": _coded(found.dst, found.version, texts),
        "protocol": names[found.kind],
        "ip_protocol": found.protocol,
        "src_port": found.src_port,
        "dst_port": found.dst_port,
        "flags": found.flags,
    }


def _empty() -> dict[str, Array]:
    batch = Batch(np.zeros(0, np.uint8), "ethernet", *(np.zeros(0, np.int64) for _ in range(4)))
    return _columns(batch, Found.nothing(0), {}, {})


def _coded(halves: Array, version: Array, texts: dict[str, int]) -> Array:
    """The code of each address; each distinct one is made text once."""
    codes = np.zeros(len(version), np.int32)
    for number, field in ((4, IPv4.src), (6, IPv6.src)):
        rows = np.flatnonzero(version == number)
        if not len(rows):
            continue
        distinct, back = _distinct(halves[rows])
        octets, width = distinct.astype(">u8").tobytes(), field.bits // 8
        mine = [
            texts.setdefault(field.show(octets[end - width : end]), len(texts))
            for end in range(16, len(octets) + 1, 16)
        ]
        codes[rows] = np.array(mine, np.int32)[back]
    return codes


def _distinct(pairs: Array) -> tuple[Array, Array]:
    """Of pairs of numbers: the distinct ones, and of each pair which of these it is."""
    if not pairs[:, 0].any():
        low, back = _unique(pairs[:, 1])
        return np.stack([np.zeros_like(low), low], axis=1), back
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    ordered = pairs[order]
    new = np.ones(len(order), bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    back = np.empty(len(order), np.int64)
    back[order] = np.cumsum(new) - 1
    return ordered[new], back


def _unique(values: Array) -> tuple[Array, Array]:
    """The distinct values, in order, and of each value which of them it is.  Where few of many
    differ, this is quicker than `np.unique` with its options, which sort with their places."""
    distinct = np.unique(values)
    return distinct, np.searchsorted(distinct, values)


def _connections(columns: dict[str, Array]) -> Array:
    """The connection of each packet: the same for both directions between two ends."""
    ends = [
        (columns[address].astype(np.uint64) << np.uint64(16)) | columns[port]
        for address, port in (("src", "src_port"), ("dst", "dst_port"))
    ]
    _, codes = _unique(np.concatenate(ends))
    one, other = np.split(codes.astype(np.uint64), 2)
    low, high = np.minimum(one, other), np.maximum(one, other)
    key = (low << np.uint64(36)) | (high << np.uint64(8)) | columns["ip_protocol"]
    distinct, back = _unique(key)
    known, rows = columns["src"] != 0, np.arange(len(key))
    first = np.empty(len(distinct), np.int64)
    first[back[::-1]] = rows[::-1]  # of several places for one value the last assigned remains
    place = np.argsort(first)
    number = np.empty(len(first), np.int64)
    number[place] = np.cumsum(known[first[place]]) - 1
    return np.where(known, number[back], -1).astype(np.int32)

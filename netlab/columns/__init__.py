"""Captures as tables of columns, for millions of packets."""

from netlab.columns.table import Coded, Table, table

__all__ = ["Coded", "Table", "table"]

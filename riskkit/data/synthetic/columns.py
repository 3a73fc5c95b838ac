"""Columns: arrays turned into the typed Arrow columns of a canonical table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from riskkit.data.schemas import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskkit.data.schemas import TableSchema
    from riskkit.data.synthetic.records import BoolArray, IntArray

ARROW_TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "number": pa.float64(),
    "amount": pa.float64(),
    "integer": pa.int64(),
    "flag": pa.bool_(),
}


RECORD_DIGITS = 12
ROWS_PER_BLOCK = 10**8


def as_labels(labels: Sequence[str | None], places: IntArray) -> pa.Array:
    """Return text chosen from a few labels.

    Parameters
    ----------
    labels : sequence of str or None
        The labels; None is a missing value.
    places : numpy.ndarray of shape (n,)
        Which label each row takes.

    Returns
    -------
    pyarrow.Array
        `n` strings.

    Examples
    --------
    >>> as_labels(("female", "male"), np.array([1, 0])).to_pylist()
    ['male', 'female']
    """
    return pa.array(labels, type=pa.string()).take(pa.array(places))


def as_identifiers(prefix: str, numbers: IntArray, *, digits: int) -> pa.Array:
    """Return numbers as text of one width behind a prefix.

    Parameters
    ----------
    prefix : str
        ASCII text before the number.
    numbers : numpy.ndarray of shape (n,)
        Numbers below ``10 ** digits``.
    digits : int
        Width of the number, filled with zeros.

    Returns
    -------
    pyarrow.Array
        `n` strings.

    Examples
    --------
    >>> as_identifiers("P", np.array([7, 120]), digits=4).to_pylist()
    ['P0007', 'P0120']
    """
    width = len(prefix) + digits
    text = np.empty((len(numbers), width), dtype="uint8")
    text[:, : len(prefix)] = np.frombuffer(prefix.encode("ascii"), dtype="uint8")
    rest = numbers.copy()
    for place in range(width - 1, len(prefix) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        text[:, place] = digit + ord("0")
    offsets = np.arange(len(numbers) + 1, dtype="int32") * width
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(text))


def record_ids(prefix: str, block: int, count: int) -> pa.Array:
    """Return identifiers for the rows that one block has in a table.

    Parameters
    ----------
    prefix : str
        The table's letter.
    block : int
        Running number of the block.
    count : int
        Rows, below `ROWS_PER_BLOCK`.

    Returns
    -------
    pyarrow.Array
        `count` identifiers, unique in the cohort.

    Examples
    --------
    >>> record_ids("C", 3, 2).to_pylist()
    ['C000300000000', 'C000300000001']
    """
    return as_identifiers(prefix, np.arange(count, dtype="int64") + block * ROWS_PER_BLOCK, digits=RECORD_DIGITS)


def as_days(days: IntArray, missing: BoolArray | None = None) -> pa.Array:
    """Return calendar days.

    Parameters
    ----------
    days : numpy.ndarray of shape (n,)
        Days since 1970-01-01.
    missing : numpy.ndarray of bool of shape (n,), optional
        Rows without a day.

    Returns
    -------
    pyarrow.Array
        `n` values of type date32.

    Examples
    --------
    >>> as_days(np.array([0, 1])).to_pylist()
    [datetime.date(1970, 1, 1), datetime.date(1970, 1, 2)]
    """
    known = days if missing is None else np.where(missing, 0, days)
    return pa.array(known.astype("int32"), mask=missing).view(pa.date32())


def arrow_schema(schema: TableSchema) -> pa.Schema:
    """Return a canonical table's Arrow schema.

    Parameters
    ----------
    schema : TableSchema
        The table.

    Returns
    -------
    pyarrow.Schema
        Its columns, in writing order.
    """
    return pa.schema([(column.name, ARROW_TYPES[column.kind]) for column in schema.columns])


def build_table(name: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """Build a canonical table; a column that is not given is missing in every row.

    Parameters
    ----------
    name : str
        A canonical table.
    columns : mapping of str to pyarrow.Array or numpy.ndarray
        Its columns.

    Returns
    -------
    pyarrow.Table
        The table in its schema's columns and types.
    """
    schema = arrow_schema(TABLES[name])
    rows = len(next(iter(columns.values())))
    arrays = [
        pa.array(columns[field.name]).cast(field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)

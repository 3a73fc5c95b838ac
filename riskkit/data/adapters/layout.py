"""An outside layout: the files and columns that an adapter reads, and what a value must look like."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class SourceColumn:
    """A column that an adapter reads.

    Parameters
    ----------
    name : str
        The column's name in the source.
    pattern : str, default ".*"
        Regular expression that a present value must match in full.
    expected : str, default "text"
        The same in words, for messages.
    required : bool, default False
        True where a missing value is a broken row.
    date_format : str, default ""
        strptime format that a present value must also satisfy.
    """

    name: str
    pattern: str = ".*"
    expected: str = "text"
    required: bool = False
    date_format: str = ""


@dataclass(frozen=True)
class SourceLayout:
    """A kind of source file.

    Parameters
    ----------
    view : str
        Name of the relation that holds the file's text.
    pattern : str
        Regular expression that the file's name must match in full.
    example : str
        The expected file name, for messages.
    key : tuple of str
        Columns that together name a row once.
    columns : tuple of SourceColumn
        Columns read; others are allowed.
    missing : str, default ""
        Text that stands for a missing value.
    """

    view: str
    pattern: str
    example: str
    key: tuple[str, ...]
    columns: tuple[SourceColumn, ...]
    missing: str = ""


def date8(name: str, *, required: bool = False) -> SourceColumn:
    """Declare a column of dates written YYYYMMDD.

    Parameters
    ----------
    name : str
        The column's name in the source.
    required : bool, default False
        True where a missing value is a broken row.

    Returns
    -------
    SourceColumn
        The declaration.
    """
    return SourceColumn(name, r"\d{8}", "a date as YYYYMMDD", required, "%Y%m%d")


def amount(name: str, *, required: bool = False) -> SourceColumn:
    """Declare a column of dollars with at most two decimals.

    Parameters
    ----------
    name : str
        The column's name in the source.
    required : bool, default False
        True where a missing value is a broken row.

    Returns
    -------
    SourceColumn
        The declaration.
    """
    return SourceColumn(name, r"-?\d{1,12}(\.\d{1,2})?", "an amount with at most two decimals", required)


def count(name: str, *, required: bool = False) -> SourceColumn:
    """Declare a column of whole numbers.

    Parameters
    ----------
    name : str
        The column's name in the source.
    required : bool, default False
        True where a missing value is a broken row.

    Returns
    -------
    SourceColumn
        The declaration.
    """
    return SourceColumn(name, r"\d{1,9}", "a whole number", required)


def code(name: str, *values: str, required: bool = False) -> SourceColumn:
    """Declare a column that takes only the values listed.

    Parameters
    ----------
    name : str
        The column's name in the source.
    *values : str
        The values.
    required : bool, default False
        True where a missing value is a broken row.

    Returns
    -------
    SourceColumn
        The declaration.
    """
    pattern = "|".join(re.escape(value) for value in values)
    return SourceColumn(name, pattern, "one of " + ", ".join(values), required)

"""The shape of a contract: what a canonical table, its columns and its references may declare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from riskkit.data.measures import Measure

ColumnKind = Literal["text", "date", "time", "number", "amount", "integer", "flag"]

SQL_TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "time": "TIMESTAMP",
    "number": "DOUBLE",
    "amount": "DOUBLE",
    "integer": "BIGINT",
    "flag": "BOOLEAN",
}
"""The engine's type for each kind of column."""


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Parameters
    ----------
    name : str
        Column name; a unit ends it where it has one.
    kind : str
        `text`, `date` (calendar day), `time` (instant), `number`, `amount` (currency units), `integer` or `flag`.
    required : bool, default False
        True where a missing value is a broken row.
    allowed : tuple of str, default ()
        The only values that text may take; empty for free text.
    minimum, maximum : float, optional
        Inclusive bounds.
    may_lie_ahead : bool, default False
        True for a date that may come after today, such as the end of an enrolment.
    """

    name: str
    kind: ColumnKind
    required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    may_lie_ahead: bool = False


@dataclass(frozen=True)
class Reference:
    """A column whose value must be a key of another table, where the source has that table.

    Parameters
    ----------
    column : str
        The column that refers.
    table : str
        The table referred to.
    key : str
        Its key column.
    free_column : str, default ""
        A column that frees a row from the rule, such as `source`.
    free_values : tuple of str, default ()
        Its values that do.
    """

    column: str
    table: str
    key: str
    free_column: str = ""
    free_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSchema:
    """A canonical table.

    Parameters
    ----------
    name : str
        Table name.
    key : tuple of str
        Columns that together name a row once.
    columns : tuple of Column
        All columns, in writing order.
    order_rules : tuple of (str, str), default ()
        Pairs of date columns of which the second must not come before the first.
    event_date : str, optional
        The column that says when the event happened.
    available_date : str, optional
        The column that says when the payer could know of it.
    measures : tuple of Measure, default ()
        Units and bounds of the analytes that the table carries in `analyte`, `unit` and `value`.
    references : tuple of Reference, default ()
        Columns that must name a row of another table.
    meaning : str, default ""
        What one row is.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    order_rules: tuple[tuple[str, str], ...] = ()
    event_date: str | None = None
    available_date: str | None = None
    measures: tuple[Measure, ...] = ()
    references: tuple[Reference, ...] = ()
    meaning: str = ""

    def column(self, name: str) -> Column:
        """Return the column called `name`.

        Parameters
        ----------
        name : str
            A column of this table.

        Returns
        -------
        Column
            Its declaration.

        Raises
        ------
        KeyError
            If the table has no such column.
        """
        return {column.name: column for column in self.columns}[name]

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in writing order."""
        return [column.name for column in self.columns]

    @property
    def required_names(self) -> list[str]:
        """Names of the columns that may not be missing."""
        return [column.name for column in self.columns if column.required]

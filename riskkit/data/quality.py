"""Quality of the data that came in: rows counted in and out, each bad row named, refused or set aside."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from riskkit.data.engine import fetch_rows
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import duckdb

    from riskkit.data.contract import TableSchema
    from riskkit.data.rules import Rule
    from riskkit.data.units import Converted

OnBadRows = Literal["refuse", "quarantine"]

EXAMPLES = 5
"""Bad rows that are shown for each broken rule."""

PERSON = "person_id"


@dataclass(frozen=True)
class Example:
    """One bad row: where it stands and what was found there, without saying whose it is.

    Parameters
    ----------
    place : str
        Row number, counted from 1 below the header, and the key but for the person.
    found : str
        The value at fault; a person_id is never shown.
    """

    place: str
    found: str


@dataclass(frozen=True)
class Violation:
    """How often one rule was broken, with the first examples.

    Parameters
    ----------
    table, rule, column : str
        Where.
    rows : int
        How many rows break the rule.
    expected : str
        What the rule asks for.
    examples : tuple of Example
        At most five, in the order of the key.
    """

    table: str
    rule: str
    column: str
    rows: int
    expected: str
    examples: tuple[Example, ...]

    def sentence(self, rows_in: int) -> str:
        """Say the violation as one line: where, how many, found, expected, what to do."""
        first = self.examples[0]
        return (
            f"{self.table}: {self.rows} of {rows_in} rows break '{self.rule}' "
            f"(first {first.place}: found {first.found}, expected {self.expected}). "
            "Correct the extract, or read it with --on-bad-rows quarantine."
        )


@dataclass(frozen=True)
class TableQuality:
    """Rows in, accepted and quarantined of one table: in = accepted + quarantined."""

    table: str
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    violations: tuple[Violation, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    conversions: tuple[Converted, ...] = ()


@dataclass(frozen=True)
class QualityReport:
    """Quality of every table of a source."""

    tables: tuple[TableQuality, ...] = field(default=())

    @property
    def rows_in(self) -> int:
        """Rows read over all tables."""
        return sum(table.rows_in for table in self.tables)

    @property
    def rows_accepted(self) -> int:
        """Rows that keep every rule."""
        return sum(table.rows_accepted for table in self.tables)

    @property
    def rows_quarantined(self) -> int:
        """Rows set aside."""
        return sum(table.rows_quarantined for table in self.tables)

    def to_dict(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return {
            "rows_in": self.rows_in,
            "rows_accepted": self.rows_accepted,
            "rows_quarantined": self.rows_quarantined,
            "tables": [asdict(table) for table in self.tables],
        }


def refuse(report: TableQuality) -> None:
    """Raise on the first violation of a table.

    Parameters
    ----------
    report : TableQuality
        What was found.

    Raises
    ------
    DataContractError
        If any rule was broken.
    """
    if report.violations:
        raise DataContractError(report.violations[0].sentence(report.rows_in))


def count_violations(
    engine: duckdb.DuckDBPyConnection, relation: str, schema: TableSchema, rules: list[Rule]
) -> tuple[Violation, ...]:
    """Count the rows of a relation that break each rule, in one pass, and fetch an example of each broken one.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that knows the relation.
    relation : str
        Name of a relation with raw and ``typed_`` columns.
    schema : TableSchema
        The table's declaration.
    rules : list of Rule
        Rules to count.

    Returns
    -------
    tuple of Violation
        The broken rules only.
    """
    if not rules:
        return ()
    counts = [
        exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=rule.broken.copy())) for rule in rules
    ]
    row = fetch_rows(engine, exp.select(*counts).from_(relation))[0]
    broken = [(rule, int(rows)) for rule, rows in zip(rules, row, strict=True) if rows]
    return tuple(_violation(engine, relation, schema, rule, rows) for rule, rows in broken)


def _violation(
    engine: duckdb.DuckDBPyConnection, relation: str, schema: TableSchema, rule: Rule, rows: int
) -> Violation:
    named = [name for name in schema.key if name != PERSON]
    # Numbered before the bad rows are picked out: a row is found again in its file by its number.
    number = exp.alias_(exp.Window(this=exp.RowNumber()), "row_number")
    numbered = exp.select(number, exp.Star()).from_(relation).subquery("numbered")
    columns = [exp.column("row_number"), *[exp.cast(exp.column(name), "VARCHAR") for name in (*named, rule.column)]]
    broken = exp.select(*columns).from_(numbered).where(rule.broken.copy())
    found = fetch_rows(engine, broken.order_by(*schema.key, "row_number").limit(EXAMPLES))
    return Violation(
        schema.name, rule.name, rule.column, rows, rule.expected, tuple(_example(row, named, rule) for row in found)
    )


def _example(row: tuple[object, ...], named: list[str], rule: Rule) -> Example:
    number, *key, value = row
    place = ", ".join([f"row {number}", *(f"{name}={held!r}" for name, held in zip(named, key, strict=True))])
    if value is None:
        return Example(place, "no value")
    return Example(place, "a person_id" if rule.column == PERSON else repr(value))

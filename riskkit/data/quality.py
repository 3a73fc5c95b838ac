"""Quality of the data that came in: each contract rule as SQL, each bad row counted, named, refused or set aside."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from riskkit.data.engine import fetch_rows
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from riskkit.data.measures import Measure
    from riskkit.data.schemas import Column, TableSchema

OnBadRows = Literal["refuse", "quarantine"]

WORDS = {
    "date": "a date as YYYY-MM-DD",
    "time": "a time as YYYY-MM-DD HH:MM:SS",
    "number": "a number",
    "amount": "an amount",
    "integer": "a whole number",
    "flag": "true or false",
}

EXTENTS = {
    "date": ("1800-01-01", "9999-12-31", "DATE"),
    "time": ("1800-01-01", "9999-12-31", "TIMESTAMP"),
    "number": ("-1e12", "1e12", "DOUBLE"),
    "amount": ("-1e12", "1e12", "DOUBLE"),
}
"""Lowest and highest value that means anything, by kind of column, and the engine's type."""


@dataclass(frozen=True)
class Rule:
    """One rule of a table's contract.

    Parameters
    ----------
    name : str
        Short name, such as ``"sex: allowed values"``.
    column : str
        The column at fault.
    broken : sqlglot.expressions.Expression
        True for a row that breaks the rule.
    expected : str
        What the rule asks for, in words.
    """

    name: str
    column: str
    broken: exp.Expr
    expected: str


@dataclass(frozen=True)
class Violation:
    """How often one rule was broken, with the first example."""

    table: str
    rule: str
    column: str
    rows: int
    example: str
    found: str
    expected: str

    def sentence(self, rows_in: int) -> str:
        """Say the violation as one line: where, how many, found, expected, what to do."""
        return (
            f"{self.table}: {self.rows} of {rows_in} rows break '{self.rule}' "
            f"(first {self.example}: found {self.found}, expected {self.expected}). "
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


def row_rules(schema: TableSchema, today: date) -> list[Rule]:
    """Derive the row rules of a table from its declaration.

    Parameters
    ----------
    schema : TableSchema
        The table.
    today : datetime.date
        Events after this day are impossible.

    Returns
    -------
    list of Rule
        Rules over a raw relation whose typed columns are called ``typed_<column>``.
    """
    rules = [rule for column in schema.columns for rule in _column_rules(column, today)]
    rules += [_amount_rule(column, schema) for column in schema.columns if column.kind == "amount"]
    for first, second in schema.order_rules:
        broken = exp.LT(this=_typed(second), expression=_typed(first))
        rules.append(Rule(f"{second} not before {first}", second, broken, f"{second} on or after {first}"))
    return [*rules, *(rule for measure in schema.measures for rule in _measure_rules(measure))]


def _measure_rules(measure: Measure) -> Iterator[Rule]:
    """Hold an analyte to its unit, and a value in that unit to what is plausible."""
    concerned = _typed("analyte").eq(measure.analyte)
    other = exp.NEQ(this=_typed("unit"), expression=exp.convert(measure.unit))
    how = f"{measure.unit} ({measure.conversion})" if measure.conversion else measure.unit
    yield Rule(f"unit: of {measure.analyte}", "unit", exp.and_(concerned, other), how)
    value = _typed("value")
    outside = exp.or_(value < exp.convert(measure.minimum), value > exp.convert(measure.maximum))
    expected = f"{measure.minimum:g} to {measure.maximum:g} {measure.unit}"
    yield Rule(f"value: plausible {measure.analyte}", "value", exp.and_(concerned, exp.not_(other), outside), expected)


def _column_rules(column: Column, today: date) -> Iterator[Rule]:
    raw, typed = exp.column(column.name), _typed(column.name)
    if column.kind != "text":
        unreadable = exp.and_(_present(raw), exp.Is(this=typed, expression=exp.null()))
        yield Rule(f"{column.name}: readable", column.name, unreadable, WORDS[column.kind])
    if column.kind in EXTENTS:
        first, last, kind = EXTENTS[column.kind]
        within = exp.and_(typed >= exp.cast(exp.convert(first), kind), typed <= exp.cast(exp.convert(last), kind))
        # Nothing lies between bounds that is not a number, or infinite.
        expected = f"{WORDS[column.kind]}, from {first} to {last}"
        yield Rule(f"{column.name}: in range", column.name, exp.not_(within), expected)
    if column.required:
        yield Rule(f"{column.name}: present", column.name, exp.Is(this=raw, expression=exp.null()), "a value")
    if column.allowed:
        strange = exp.and_(
            _present(typed), exp.not_(exp.In(this=typed, expressions=[*map(exp.convert, column.allowed)]))
        )
        yield Rule(f"{column.name}: allowed values", column.name, strange, "one of " + ", ".join(column.allowed))
    if column.minimum is not None:
        low = exp.LT(this=typed, expression=exp.convert(column.minimum))
        yield Rule(f"{column.name}: minimum", column.name, low, f"at least {column.minimum:g}")
    if column.maximum is not None:
        high = exp.GT(this=typed, expression=exp.convert(column.maximum))
        yield Rule(f"{column.name}: maximum", column.name, high, f"at most {column.maximum:g}")
    if column.kind == "date" and not column.may_lie_ahead:
        ahead = exp.GT(this=typed, expression=exp.cast(exp.convert(today.isoformat()), "DATE"))
        yield Rule(f"{column.name}: not in the future", column.name, ahead, f"a day up to {today.isoformat()}")


def _amount_rule(column: Column, schema: TableSchema) -> Rule:
    """Refuse a negative amount, save in a reversal, a statement's balance, or where the member's share outweighs it."""
    broken: exp.Expr = exp.LT(this=_typed(column.name), expression=exp.convert(0))
    names = schema.column_names
    if "adjustment" in names:
        entry = exp.In(this=exp.column("adjustment"), expressions=[*map(exp.convert, ("reversal", "summary"))])
        broken = exp.and_(broken, exp.not_(exp.func("COALESCE", entry, exp.false())))
    if column.name == "paid_amount" and "member_amount" in names:
        member = exp.func("COALESCE", _typed("member_amount"), exp.convert(0))
        broken = exp.and_(broken, exp.LT(this=_typed(column.name) + member, expression=exp.convert(0)))
    expected = "0 or more unless adjustment is reversal or summary" if "adjustment" in names else "0 or more"
    return Rule(f"{column.name}: not negative", column.name, broken, expected)


def _typed(name: str) -> exp.Column:
    return exp.column(f"typed_{name}")


def _present(column: exp.Column) -> exp.Expr:
    return exp.not_(exp.Is(this=column.copy(), expression=exp.null()))


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
    columns = [*schema.key, rule.column]
    query = exp.select(*[exp.cast(exp.column(name), "VARCHAR") for name in columns]).from_(relation)
    first = fetch_rows(engine, query.where(rule.broken.copy()).order_by(*schema.key).limit(1))[0]
    key = ", ".join(f"{name}={value!r}" for name, value in zip(schema.key, first, strict=False))
    found = "no value" if first[-1] is None else repr(first[-1])
    return Violation(schema.name, rule.name, rule.column, rows, key, found, rule.expected)

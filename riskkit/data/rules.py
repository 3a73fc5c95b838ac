"""The rules of a contract as SQL: what a row must hold, what it must refer to, and what stands once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from riskkit.data.contract import Column, Reference, TableSchema
    from riskkit.data.measures import Measure

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


def relation_rules(schema: TableSchema, known: set[str]) -> list[Rule]:
    """Derive the rules that look beyond the row: a key stands once, a reference exists.

    Parameters
    ----------
    schema : TableSchema
        The table.
    known : set of str
        Tables whose keys are held in ``known_<table>``; a reference to another table cannot be checked and is not.

    Returns
    -------
    list of Rule
        Rules over the relations ``cast_rows``, ``repeated_key`` and ``known_<table>``.
    """
    keys = [_typed(name) for name in schema.key]
    twice = exp.Subquery(this=exp.select(*(key.copy() for key in keys)).from_("repeated_key"))
    repeated = exp.In(this=exp.Tuple(expressions=keys) if len(keys) > 1 else keys[0], query=twice)
    rules = [Rule(f"{' + '.join(schema.key)}: stands once", schema.key[-1], repeated, "each key once")]
    return [*rules, *(_reference_rule(reference) for reference in schema.references if reference.table in known)]


def _reference_rule(reference: Reference) -> Rule:
    known = exp.Subquery(this=exp.select(reference.key).from_(f"known_{reference.table}"))
    orphan: exp.Expr = exp.not_(exp.In(this=_typed(reference.column), query=known))
    if reference.free_column:
        free = exp.In(this=_typed(reference.free_column), expressions=[*map(exp.convert, reference.free_values)])
        orphan = exp.and_(orphan, exp.not_(exp.func("COALESCE", free, exp.false())))
    expected = f"a {reference.key} of table {reference.table}"
    return Rule(f"{reference.column}: known", reference.column, orphan, expected)


def _measure_rules(measure: Measure) -> Iterator[Rule]:
    """Hold an analyte to its units, and a value in its own unit to what is plausible."""
    concerned = _typed("analyte").eq(measure.analyte)
    other = exp.NEQ(this=_typed("unit"), expression=exp.convert(measure.unit))
    yield Rule(f"unit: of {measure.analyte}", "unit", exp.and_(concerned, other), " or ".join(measure.units))
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

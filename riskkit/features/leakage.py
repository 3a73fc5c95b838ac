"""The guard of the two clocks: no query of the catalogue runs unless each event in it passes through the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.schemas import TABLES
from riskkit.errors import LeakageError
from riskkit.features.window import AS_OF_DATE, AVAILABLE_DATE, EVENT_DATE, INDEX_DATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from riskkit.features.plan import Plan

FREE = ("spine", "code_group")
"""Relations without events: the index dates themselves, and the map of codes."""


def guard_plans(plans: Iterable[Plan]) -> None:
    """Refuse a query in which a canonical table can be read past the window.

    A table of events may stand only inside a relation that gives it both clocks, `event_date` and `available_date`,
    from its own date columns, and that relation may be used only under ``event_date < index_date`` and
    ``available_date <= as_of_date``. The clocks of the index dates may be passed on under their own names and not be
    computed. What is so built cannot see a later record, whatever the data hold.

    Parameters
    ----------
    plans : iterable of Plan
        Compiled queries.

    Raises
    ------
    LeakageError
        If a query reads a table in any other way; it names the source, the table and what is missing.
    """
    for plan in plans:
        for reason in _find_leaks(plan.query):
            message = (
                f"features of source {plan.source!r}: {reason}, so a record after the index date could be seen. "
                "Join events to the spine with riskkit.features.window.visible."
            )
            raise LeakageError(message)


def _find_leaks(query: exp.Select) -> Iterator[str]:
    named = {part.alias for part in query.find_all(exp.CTE)}
    for alias in query.find_all(exp.Alias):
        if alias.alias in {INDEX_DATE, AS_OF_DATE} and not _is_column(alias.this, {alias.alias}):
            yield f"{alias.alias} is computed"
    for table in query.find_all(exp.Table):
        if table.name not in named and table.name not in FREE:
            yield from _find_leak(table)


def _find_leak(table: exp.Table) -> Iterator[str]:
    schema = TABLES.get(table.name)
    if schema is None or schema.event_date is None:
        yield f"table {table.name!r} has no clocks"
        return
    inner = table.find_ancestor(exp.Select)
    days = {column.name for column in schema.columns if column.kind in {"date", "time"}} - {AVAILABLE_DATE}
    known = {schema.available_date or schema.event_date}
    for clock, allowed in ((EVENT_DATE, days), (AVAILABLE_DATE, known)):
        if inner is None or not _is_clock(inner, clock, allowed):
            yield f"table {table.name!r} is read without its {clock}"
            return
    relation = _relation_of(inner)
    if relation is None or not _is_behind_window(relation):
        yield f"table {table.name!r} is not held against the index date and the as-of date"


def _is_clock(select: exp.Expr, clock: str, allowed: set[str]) -> bool:
    for column in select.expressions:
        if column.alias_or_name == clock:
            return _is_column(column.unalias(), allowed)
    return False


def _is_column(value: exp.Expr, allowed: set[str]) -> bool:
    """Say whether a value is one of some columns, as it is or as its calendar day."""
    while isinstance(value, exp.Cast):
        value = value.this
    return isinstance(value, exp.Column) and value.name in allowed


def _relation_of(select: exp.Expr | None) -> exp.Subquery | None:
    """Find the named relation that a query of events is."""
    while isinstance(select, exp.Select | exp.Union | exp.Subquery):
        if isinstance(select, exp.Subquery) and select.alias:
            return select
        select = select.parent
        if isinstance(select, exp.Alias):
            select = select.this if isinstance(select.this, exp.Subquery) else None
    return None


def _is_behind_window(relation: exp.Subquery) -> bool:
    outer = relation.find_ancestor(exp.Select)
    if outer is None:
        return False
    asked = list(_conditions(outer.args.get("where")))
    join = relation.find_ancestor(exp.Join, exp.Select)
    if isinstance(join, exp.Join):
        asked += list(_conditions(join.args.get("on")))
    event = {c.expression.table for c in asked if isinstance(c, exp.LT) and _compares(c, relation.alias, EVENT_DATE)}
    known = {
        c.expression.table for c in asked if isinstance(c, exp.LTE) and _compares(c, relation.alias, AVAILABLE_DATE)
    }
    return bool(event & known)


def _conditions(clause: exp.Expr | None) -> Iterator[exp.Expr]:
    """List what must hold: the parts of a conjunction, and nothing of an alternative."""
    if isinstance(clause, exp.Where | exp.Paren):
        yield from _conditions(clause.this)
    elif isinstance(clause, exp.And):
        yield from _conditions(clause.left)
        yield from _conditions(clause.right)
    elif clause is not None:
        yield clause


def _compares(condition: exp.Binary, relation: str, clock: str) -> bool:
    other = {EVENT_DATE: INDEX_DATE, AVAILABLE_DATE: AS_OF_DATE}[clock]
    left, right = condition.this, condition.expression
    return _is_column(left, {clock}) and left.table == relation and _is_column(right, {other})

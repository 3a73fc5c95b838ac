"""Spans: half-open spans of days numbered to islands and merged, in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Sequence


def merge_spans(spans: exp.Select, *, by: Sequence[str] = ("row_id",), gap_days: int = 0) -> exp.Select:
    """Merge spans that overlap, touch or lie no further apart than a gap.

    Parameters
    ----------
    spans : sqlglot.expressions.Select
        Relation with the columns `by` and the half-open span `[from_day, to_day)`.
    by : sequence of str, default ("row_id",)
        Whose spans are merged with one another.
    gap_days : int, default 0
        Days between two spans that still count as one.

    Returns
    -------
    sqlglot.expressions.Select
        `by`, `island` (1, 2, ... in order), `from_day`, `to_day`, and `before`: where the island before it ended.
    """
    merged = exp.select(
        *by,
        "island",
        exp.alias_(exp.Min(this=exp.column("from_day")), "from_day"),
        exp.alias_(exp.Max(this=exp.column("to_day")), "to_day"),
        exp.alias_(exp.Min(this=exp.column("before")), "before"),
    )
    numbered = number_spans(spans, by=by, gap_days=gap_days)
    return merged.from_(numbered.subquery("numbered")).group_by(*by, "island")


def number_spans(
    spans: exp.Select, *, by: Sequence[str] = ("row_id",), gap_days: int | str = 0, keep: Sequence[str] = ()
) -> exp.Select:
    """Give each span the number of the island that it belongs to.

    Parameters
    ----------
    spans : sqlglot.expressions.Select
        Relation with the columns `by`, `keep` and the half-open span `[from_day, to_day)`.
    by : sequence of str, default ("row_id",)
        Whose spans are numbered with one another.
    gap_days : int or str, default 0
        Days between two spans that still count as one; or the column of the later span that says how many.
    keep : sequence of str, default ()
        Further columns to carry along.

    Returns
    -------
    sqlglot.expressions.Select
        `by`, `keep`, `from_day`, `to_day`, `island` (1, 2, ... in order), and `before` on the first span of an island:
        where the island before it ended.
    """
    start, end = exp.column("from_day"), exp.column("to_day")
    gap = exp.column(gap_days) if isinstance(gap_days, str) else exp.convert(gap_days)
    carried = [*keep, *([gap_days] if isinstance(gap_days, str) and gap_days not in keep else [])]
    reached = _running(exp.Max(this=end), by, before=True)
    marked = exp.select(*by, *carried, start.copy(), end.copy(), exp.alias_(reached, "reached"))
    marked = marked.from_(spans.copy().subquery("spans"))
    beyond = exp.column("reached") + gap
    apart = exp.or_(exp.Is(this=exp.column("reached"), expression=exp.null()), start.copy() > beyond)
    fresh = exp.Case(ifs=[exp.If(this=apart, true=exp.convert(1))], default=exp.convert(0))
    island = exp.alias_(_running(exp.Sum(this=fresh), by), "island")
    before = exp.Case(ifs=[exp.If(this=apart.copy(), true=exp.column("reached"))])
    numbered = exp.select(*by, *keep, "from_day", "to_day", island, exp.alias_(before, "before"))
    return numbered.from_(marked.subquery("marked"))


def _running(aggregate: exp.Expr, by: Sequence[str], *, before: bool = False) -> exp.Expr:
    """Aggregate over the spans so far in order of their days, with or without the present one."""
    order = [exp.Ordered(this=exp.column(name)) for name in ("from_day", "to_day")]
    end = {"end": exp.convert(1), "end_side": "PRECEDING"} if before else {"end": "CURRENT ROW"}
    frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", **end)
    return exp.Window(
        this=aggregate,
        partition_by=[exp.column(name) for name in by],
        order=exp.Order(expressions=order),
        spec=frame,
    )

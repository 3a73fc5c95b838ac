"""Membership: enrolment spans merged along the timeline, for tenure, months enrolled and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.spans import merge_spans
from riskkit.features.timeline import clocks, least, number, only, past, place, seen, shared_days, span

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.features.catalogue import Feature

DAYS_OF_YEAR, MONTHS_OF_YEAR = 365.0, 12.0


def compile_membership(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the features of membership; a span is known from its first day, and ends at the index date at the latest.

    Parameters
    ----------
    features : tuple of Feature
        Features whose `column` is a key of `VALUES`.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature.
    """
    spans = exp.select(*clocks("start_date", "start_date"), "start_date", "end_date").from_("enrollment")
    upto = exp.alias_(least(place("end_date", "to_day").this, exp.convert(0)), "to_day")
    merged = merge_spans(seen(spans, [place("start_date", "from_day"), upto]))
    values = [number(VALUES[feature.column](feature.window_days or 0), feature.name) for feature in features]
    return exp.select("row_id", *values).from_(merged.subquery("islands")).group_by("row_id")


def _covered(days: int) -> exp.Expr:
    return exp.Sum(this=shared_days(span(), past(days)))


def _since_joining(days: int) -> exp.Expr:
    return least(exp.convert(days), exp.convert(0) - exp.Min(this=exp.column("from_day")))


def _current(_: int) -> exp.Expr:
    start, end = span()
    running = only(exp.Sum(this=end - start), end.copy().eq(exp.convert(0)))
    return exp.func("COALESCE", running, exp.convert(0))


def _months(days: int) -> exp.Expr:
    return exp.cast(_covered(days), "DOUBLE") * exp.convert(MONTHS_OF_YEAR) / exp.convert(DAYS_OF_YEAR)


def _gaps(days: int) -> exp.Expr:
    begun = exp.column("from_day") >= exp.convert(-days)
    return only(exp.Count(this=exp.Star()), begun, exp.column("island") > exp.convert(1))


VALUES: dict[str, Callable[[int], exp.Expr]] = {
    "current_days": _current,
    "enrolled_days": lambda _: exp.Sum(this=exp.column("to_day") - exp.column("from_day")),
    "months": _months,
    "gap_days": lambda days: _since_joining(days) - _covered(days),
    "gaps": _gaps,
}
"""What the merged spans are asked for: the running span, all days, and months, uncovered days and gaps of a window."""

"""Sustained values: the highest level that an analyte reached on two days at least three months apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.features.timeline import clocks, least, number, only, place, seen

if TYPE_CHECKING:
    from riskkit.features.catalogue import Feature

APART_DAYS = 90
"""Disease of the kidney is chronic when it lasts three months (KDIGO)."""


def compile_sustained(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the level at or above which an analyte was found on two days 90 or more days apart.

    A limit is held for three months exactly if this level is beyond it, so one high reading alone proves nothing.

    Parameters
    ----------
    features : tuple of Feature
        Features of one window, whose `where` names an analyte.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature, missing without two readings that far apart.

    References
    ----------
    .. [1] KDIGO 2024 clinical practice guideline for chronic kidney disease, Kidney International 105 (2024).
    """
    days = max(feature.window_days or 0 for feature in features)
    analytes = sorted({str(value) for feature in features for _, value in feature.where})
    wanted = exp.In(this=exp.column("analyte"), expressions=[exp.convert(name) for name in analytes])
    readings = exp.select(*clocks("date"), "analyte", "value").from_("lab_result").where(wanted)
    visible = seen(readings, [place("event_date", "day"), exp.column("analyte", "e"), exp.column("value", "e")], days)
    held = exp.select("row_id", "analyte", "value", exp.alias_(_highest_before(), "earlier"))
    held = held.from_(visible.subquery("readings"))
    values = [number(_level(feature), feature.name) for feature in features]
    return exp.select("row_id", *values).from_(held.subquery("held")).group_by("row_id")


def _highest_before() -> exp.Expr:
    """Highest reading of the days up to three months before."""
    frame = exp.WindowSpec(
        kind="RANGE",
        start="UNBOUNDED",
        start_side="PRECEDING",
        end=exp.convert(APART_DAYS),
        end_side="PRECEDING",
    )
    return exp.Window(
        this=exp.Max(this=exp.column("value")),
        partition_by=[exp.column(name) for name in ("row_id", "analyte")],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column("day"))]),
        spec=frame,
    )


def _level(feature: Feature) -> exp.Expr:
    same = [exp.column(name).eq(value) for name, value in feature.where]
    twice = exp.not_(exp.Is(this=exp.column("earlier"), expression=exp.null()))
    return only(exp.Max(this=least(exp.column("value"), exp.column("earlier"))), twice, *same)

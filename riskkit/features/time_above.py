"""Time above target: the share of days on which the last known value of an analyte was not below its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.features.timeline import clocks, number, only, place, ratio, seen

if TYPE_CHECKING:
    from riskkit.features.catalogue import Feature

TARGETS = {"hba1c": 7.0, "glucose": 126.0, "ldl": 100.0, "systolic_bp": 130.0, "uacr": 30.0}
"""A value is on target below this: HbA1c (%), fasting glucose, LDL (mg/dL), systolic pressure (mmHg), UACR (mg/g)."""


def compile_time_above(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the time above target: each value holds from its day to the next one, the last one to the index date.

    Parameters
    ----------
    features : tuple of Feature
        Features of one window, whose `where` names an analyte of `TARGETS`.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature: days with a value at or above the target over the days since the first
        value in the window.
    """
    analytes = sorted({str(value) for feature in features for _, value in feature.where})
    days = max(feature.window_days or 0 for feature in features)
    wanted = exp.In(this=exp.column("analyte"), expressions=[exp.convert(name) for name in analytes])
    readings = exp.select(*clocks("date"), "analyte", "record_id", "value").from_("lab_result").where(wanted)
    columns = [exp.column(name, "e") for name in ("analyte", "record_id", "value")]
    visible = seen(readings, [place("event_date", "day"), *columns], days)
    held = exp.select("row_id", "analyte", exp.alias_(_above(analytes), "above"), exp.alias_(_lasting(), "days"))
    held = held.from_(visible.subquery("readings"))
    values = [number(_share(str(value)), feature.name) for feature in features for _, value in feature.where]
    return exp.select("row_id", *values).from_(held.subquery("held")).group_by("row_id")


def _above(analytes: list[str]) -> exp.Expr:
    value = exp.column("value")
    steps = [
        exp.If(
            this=exp.and_(exp.column("analyte").eq(name), value.copy() >= exp.convert(TARGETS[name])),
            true=exp.convert(1),
        )
        for name in analytes
    ]
    return exp.Case(ifs=steps, default=exp.convert(0))


def _lasting() -> exp.Expr:
    """Days from a value to the next one; of several on one day only the last record lasts."""
    order = exp.Order(expressions=[exp.Ordered(this=exp.column(name)) for name in ("day", "record_id")])
    following = exp.Window(
        this=exp.Lead(this=exp.column("day")),
        partition_by=[exp.column(name) for name in ("row_id", "analyte")],
        order=order,
    )
    return exp.func("COALESCE", following, exp.convert(0)) - exp.column("day")


def _share(analyte: str) -> exp.Expr:
    same, days = exp.column("analyte").eq(analyte), exp.Sum(this=exp.column("days"))
    above = only(days.copy(), same, exp.column("above").eq(exp.convert(1)))
    return ratio(exp.func("COALESCE", above, exp.convert(0)), only(days, same.copy()))

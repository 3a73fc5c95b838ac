"""Continuous glucose: the consensus metrics of a sensor's readings, where it was worn long enough to speak."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.features.timeline import greatest, number, only, place, ratio, seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.features.catalogue import Feature

FEWEST_DAYS = 14
LEAST_ACTIVE = 0.7
SLOTS_A_DAY = 96
GMI_BASE, GMI_PER_MG = 3.31, 0.02392
# Sums of decimals are exact in any order, so the same readings give the same metrics on any engine.
READING, SQUARE = "DECIMAL(19, 6)", "DECIMAL(38, 6)"


def compile_glucose(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the metrics of continuous glucose monitoring over one window.

    A reading happened on the day of its time and is known on that day, because a sensor is read as it measures: its
    time lies before midnight of the index date, and its day is not after the as-of date. A quarter of an hour with at
    least one reading is active, so that sensors of 5 and of 15 minutes compare.

    Parameters
    ----------
    features : tuple of Feature
        Features of one window whose `column` is a key of `VALUES`.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature; all but the days of wear and the active share are missing where the sensor
        was worn on fewer than 14 days or was active for less than 70 % of those.

    References
    ----------
    .. [1] Battelino et al., Clinical targets for continuous glucose monitoring data interpretation, Diabetes Care 42
       (2019), doi:10.2337/dci19-0028.
    .. [2] Bergenstal et al., Glucose management indicator (GMI), Diabetes Care 41 (2018), doi:10.2337/dc18-1581.
    """
    days = max(feature.window_days or 0 for feature in features)
    day = exp.cast(exp.column("time"), "DATE")
    clocks = [exp.alias_(day.copy(), name) for name in ("event_date", "available_date")]
    readings = exp.select("person_id", *clocks, "time", "glucose").from_("glucose_reading")
    value = exp.alias_(exp.cast(exp.column("glucose", "e"), READING), "glucose")
    visible = seen(readings, [place("event_date", "day"), exp.alias_(_slot(), "slot"), value], days)
    slots = exp.select("row_id", "day", "slot", *_partials()).from_(visible.subquery("readings"))
    slots = slots.group_by("row_id", "day", "slot")
    worn = exp.select("row_id", *_totals()).from_(slots.subquery("slots")).group_by("row_id")
    values = [number(_value(feature.column), feature.name) for feature in features]
    return exp.select("row_id", *values).from_(worn.subquery("worn"))


def _slot() -> exp.Expr:
    """Return the quarter-hour of the day, from 0 to 95."""
    hour, minute = (
        exp.cast(exp.Extract(this=exp.var(part), expression=exp.column("time", "e")), "INT")
        for part in ("hour", "minute")
    )
    # Each step is exact in integers: minutes below 15, 30 and 45 are the first three quarters of the hour.
    late = [exp.If(this=minute.copy() < exp.convert(15 * step), true=exp.convert(step - 1)) for step in (1, 2, 3)]
    return hour * exp.convert(4) + exp.Case(ifs=late, default=exp.convert(3))


RANGES: dict[str, Callable[[exp.Expr], exp.Expr]] = {
    "in_range": lambda value: exp.and_(value.copy() >= exp.convert(70), value.copy() <= exp.convert(180)),
    "below_70": lambda value: value < exp.convert(70),
    "below_54": lambda value: value < exp.convert(54),
    "above_180": lambda value: value > exp.convert(180),
    "above_250": lambda value: value > exp.convert(250),
}
"""The ranges of the consensus (mg/dL), whose shares of readings are reported."""


def _partials() -> list[exp.Expr]:
    value = exp.column("glucose")
    square = exp.cast(value.copy() * value.copy(), SQUARE)
    counts = [
        exp.alias_(only(exp.Count(this=exp.Star()), within(value.copy())), name) for name, within in RANGES.items()
    ]
    sums = {"n": exp.Count(this=exp.Star()), "total": exp.Sum(this=value), "squares": exp.Sum(this=square)}
    return [*counts, *(exp.alias_(aggregate, name) for name, aggregate in sums.items())]


def _totals() -> list[exp.Expr]:
    sums = [exp.alias_(exp.Sum(this=exp.column(name)), name) for name in (*RANGES, "n", "total", "squares")]
    days = exp.alias_(exp.Count(this=exp.Distinct(expressions=[exp.column("day")])), "days")
    return [*sums, days, exp.alias_(exp.Count(this=exp.Star()), "slots")]


def _mean() -> exp.Expr:
    return ratio(exp.column("total"), exp.column("n"))


def _sd() -> exp.Expr:
    n, total, squares = (exp.cast(exp.column(name), "DOUBLE") for name in ("n", "total", "squares"))
    spread = greatest(squares - total * total.copy() / n, exp.convert(0.0))
    below = exp.func("NULLIF", n.copy() - exp.convert(1), exp.convert(0))
    return exp.func("SQRT", exp.paren(spread) / below)


def _active() -> exp.Expr:
    return ratio(exp.column("slots"), exp.paren(exp.column("days") * exp.convert(SLOTS_A_DAY)))


def _value(column: str) -> exp.Expr:
    """Withhold what too short a wear cannot say."""
    value = VALUES[column]()
    if column in {"days", "active"}:
        return value
    enough = exp.and_(exp.column("days") >= exp.convert(FEWEST_DAYS), _active() >= exp.convert(LEAST_ACTIVE))
    return exp.Case(ifs=[exp.If(this=enough, true=value)])


def _share_of(name: str) -> exp.Expr:
    return ratio(exp.column(name), exp.column("n"))


VALUES: dict[str, Callable[[], exp.Expr]] = {
    **{name: partial(_share_of, name) for name in RANGES},
    "mean": _mean,
    "sd": _sd,
    "cv": lambda: ratio(_sd(), _mean()),
    "gmi": lambda: exp.convert(GMI_BASE) + exp.convert(GMI_PER_MG) * _mean(),
    "days": lambda: exp.column("days"),
    "active": _active,
}
"""What the readings of a window are asked for."""

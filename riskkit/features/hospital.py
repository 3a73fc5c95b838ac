"""Hospital: inpatient claims merged to admissions along the timeline, so that a split stay is one stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.spans import merge_spans
from riskkit.features.timeline import (
    clocks,
    least,
    number,
    only,
    past,
    place,
    ratio,
    seen,
    shared_days,
    span,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.features.catalogue import Feature

GAP_DAYS = 1
READMISSION_DAYS = 30
FOLLOW_UP_DAYS = 7
AMBULATORY = ("outpatient", "chronic_clinic", "professional")


def merged_admissions(*, gap_days: int = GAP_DAYS) -> exp.Select:
    """Return each index date's visible admissions: overlapping stays and stays a day apart are one.

    A stay stands if its claims, taken with their reversals, leave it standing; it ends at the index date at the latest.

    Parameters
    ----------
    gap_days : int, default 1
        Days between two stays that still count as one admission.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id`, `island`, `from_day`, `to_day` (the day of discharge), `before`.

    References
    ----------
    .. [1] METHODS section 1: merge overlapping and contiguous stays before counting, against split stays.
    """
    days = [place("start_date", "from_day"), place("end_date", "end_day"), exp.column("sign", "e")]
    claims = seen(_signed_claims(("inpatient",)), days)
    standing = exp.Sum(this=exp.column("sign")) > exp.convert(0)
    upto = exp.alias_(least(exp.column("end_day"), exp.convert(0)), "to_day")
    stays = exp.select("row_id", "from_day", upto).from_(claims.subquery("stay_claims"))
    return merge_spans(stays.group_by("row_id", "from_day", "end_day").having(standing), gap_days=gap_days)


def compile_admissions(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the features of admissions.

    Parameters
    ----------
    features : tuple of Feature
        Features whose `column` is a key of `VALUES`.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature.
    """
    values = [number(VALUES[feature.column](feature.window_days or 0), feature.name) for feature in features]
    return exp.select("row_id", *values).from_(merged_admissions().subquery("admissions")).group_by("row_id")


def compile_follow_through(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the features of the visit after discharge: an ambulatory visit on days 1 to 7.

    Only discharges whose seven days ended before the index date count, so that none is called missed too early.

    Parameters
    ----------
    features : tuple of Feature
        Features whose `column` is ``seen_share`` or ``missed``.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature.
    """
    found = exp.Case(
        ifs=[exp.If(this=exp.Max(this=exp.column("day", "v")) > exp.column("to_day", "a"), true=exp.convert(1))],
        default=exp.convert(0),
    )
    key = [exp.column(name, "a") for name in ("row_id", "to_day")]
    after = exp.and_(
        exp.column("row_id", "v").eq(exp.column("row_id", "a")),
        exp.column("day", "v") > exp.column("to_day", "a"),
        exp.column("day", "v") <= exp.column("to_day", "a") + exp.convert(FOLLOW_UP_DAYS),
    )
    discharges = exp.select(*key, exp.alias_(found, "visited"))
    discharges = discharges.from_(merged_admissions().subquery("a"))
    discharges = discharges.join(_visits().subquery("v"), on=after, join_type="left")
    closed = exp.column("to_day", "a") + exp.convert(FOLLOW_UP_DAYS) < exp.convert(0)
    discharges = discharges.where(closed).group_by(*[column.copy() for column in key])
    values = [number(_follow_through(feature), feature.name) for feature in features]
    return exp.select("row_id", *values).from_(discharges.subquery("discharges")).group_by("row_id")


def _follow_through(feature: Feature) -> exp.Expr:
    within = exp.column("to_day") >= exp.convert(-(feature.window_days or 0))
    discharges = only(exp.Count(this=exp.Star()), within)
    visited = exp.func("COALESCE", only(exp.Sum(this=exp.column("visited")), within.copy()), exp.convert(0))
    return ratio(visited, discharges) if feature.column == "seen_share" else discharges - visited


def _visits() -> exp.Query:
    """Days with an ambulatory claim that stands, or with a follow-up visit of the care process."""
    days = [place("event_date", "day"), exp.column("sign", "e")]
    claims = seen(_signed_claims(AMBULATORY), days)
    standing = exp.select("row_id", "day").from_(claims.subquery("visit_claims")).group_by("row_id", "day")
    standing = standing.having(exp.Sum(this=exp.column("sign")) > exp.convert(0))
    events = exp.select(*clocks("date")).from_("care_event").where(exp.column("kind").eq("follow_up"))
    return exp.union(standing, seen(events, [place("event_date", "day")]), distinct=True)


def _signed_claims(settings: tuple[str, ...]) -> exp.Select:
    """Claims of some settings with the sign of their adjustment; a summary is money without an event."""
    signs = {"original": 1, "replacement": 1, "reversal": -1}
    steps = [exp.If(this=exp.column("adjustment").eq(name), true=exp.convert(sign)) for name, sign in signs.items()]
    sign = exp.alias_(exp.Case(ifs=steps, default=exp.convert(0)), "sign")
    wanted = exp.In(this=exp.column("setting"), expressions=[exp.convert(name) for name in settings])
    query = exp.select(*clocks("start_date"), "start_date", "end_date", sign)
    return query.from_("medical_claim").where(wanted)


def _begun(days: int) -> exp.Expr:
    return exp.column("from_day") >= exp.convert(-days)


def _readmissions(days: int) -> exp.Expr:
    soon = exp.column("from_day") - exp.column("before") <= exp.convert(READMISSION_DAYS)
    return only(exp.Count(this=exp.Star()), _begun(days), exp.column("island") > exp.convert(1), soon)


def _left(days: int) -> exp.Expr:
    """Discharged in the window; who is still in hospital on the index date has not been."""
    return exp.and_(exp.column("to_day") < exp.convert(0), exp.column("to_day") >= exp.convert(-days))


VALUES: dict[str, Callable[[int], exp.Expr]] = {
    "admissions": lambda days: only(exp.Count(this=exp.Star()), _begun(days)),
    "days": lambda days: exp.Sum(this=shared_days(span(), past(days))),
    "longest": lambda days: only(exp.Max(this=exp.column("to_day") - exp.column("from_day")), _begun(days)),
    "readmissions": _readmissions,
    "since_discharge": lambda days: only(exp.Min(this=exp.convert(0) - exp.column("to_day")), _left(days)),
}
"""What the merged admissions of a window are asked for."""

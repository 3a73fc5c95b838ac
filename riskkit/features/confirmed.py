"""Confirmed diagnoses: what a stay or a case definition says, or records on two dates, and no single visit alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.features.sources import SOURCES
from riskkit.features.timeline import clocks, least, number, only, place, seen

if TYPE_CHECKING:
    from riskkit.features.catalogue import Feature

UNSPECIFIED_CODES = (
    *[f"E1{third}{fourth}" for third in range(5) for fourth in (8, 9)],
    *("2500", "2509"),
)
"""First four characters, without the point, of the codes of diabetes with unspecified complications or none."""
CERTAIN = ("inpatient", "case_definition")
"""Sources of which one record confirms: a stay, and a case definition that has weighed several records itself."""
COUNTED = ("original", "replacement", "reversal")
CLAIM = ("row_id", "setting", "from_day", "to_day")
RECORD = ("row_id", "code_group", "day", "in_hospital")


def compile_confirmed(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the confirmed diagnoses: flags and points that no single record outside hospital can raise.

    A group is confirmed by one record of a stay or of a case definition, or by others on two different dates. Points
    are confirmed as high as an inpatient record gives them, or as two different dates do: of the days outside hospital
    the second highest decides, so that a graver code must be recorded twice too. Unspecified codes of diabetes count
    nowhere, nor do records of a claim that was taken back.

    Parameters
    ----------
    features : tuple of Feature
        Features of one window, with the aggregate ``any`` or ``points``, whose `where` names a code group.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature.

    References
    ----------
    .. [1] METHODS section 6, the list against gaming: diagnoses only from inpatient or two outpatient dates.
    """
    days = max(feature.window_days or 0 for feature in features)
    confirmed = _second_dates(_standing_records(days)).where(
        exp.column("place", "d").eq(exp.convert(2) - exp.column("in_hospital", "d"))
    )
    values = [number(_value(feature), feature.name) for feature in features]
    return exp.select("row_id", *values).from_(confirmed.subquery("confirmed")).group_by("row_id")


def _value(feature: Feature) -> exp.Expr:
    same = [exp.column(name).eq(value) for name, value in feature.where]
    if feature.aggregate == "points":
        return exp.func("COALESCE", only(exp.Max(this=exp.column("points")), *same), exp.convert(0))
    held = exp.GT(this=only(exp.Count(this=exp.Star()), *same), expression=exp.convert(0))
    return exp.Case(ifs=[exp.If(this=held, true=exp.convert(1))], default=exp.convert(0))


def _second_dates(records: exp.Select) -> exp.Select:
    """Rank the days of each group by their points, in hospital and elsewhere apart."""
    rank = exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column(name) for name in ("row_id", "code_group", "in_hospital")],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column(name), desc=True) for name in ("points", "day")]),
    )
    ranked = exp.select("row_id", "code_group", "in_hospital", "points", exp.alias_(rank, "place"))
    columns = [exp.column(name, "d") for name in ("row_id", "code_group", "points")]
    return exp.select(*columns).from_(ranked.from_(records.subquery("days")).subquery("d"))


def _standing_records(days: int) -> exp.Select:
    """Fold the visible records whose claims stand to one row per group, day, and in hospital or elsewhere."""
    certain = exp.In(this=exp.column("source", "e"), expressions=[exp.convert(source) for source in CERTAIN])
    hospital = exp.Case(ifs=[exp.If(this=certain, true=exp.convert(1))], default=exp.convert(0))
    facts = [exp.column(name, "e") for name in ("record_id", "code_group", "points")]
    visible = seen(_specified(), [place("event_date", "day"), *facts, exp.alias_(hospital, "in_hospital")], days)
    same = exp.and_(*[exp.column(ours, "r").eq(exp.column(theirs, "t")) for ours, theirs in TAKEN])
    key = [exp.column(name, "r") for name in RECORD]
    points = exp.func("COALESCE", exp.Max(this=exp.column("points", "r")), exp.convert(0))
    records = exp.select(*key, exp.alias_(points, "points")).from_(visible.subquery("r"))
    records = records.join(_taken_back().subquery("t"), on=same, join_type="left")
    return records.where(exp.Is(this=exp.column("claim_id", "t"), expression=exp.null())).group_by(
        *[column.copy() for column in key]
    )


TAKEN = (("row_id", "row_id"), ("record_id", "claim_id"))
"""Columns by which a record finds the claim that was taken back."""


def _specified() -> exp.Select:
    """Leave out the unspecified codes of diabetes, which a team can add at will."""
    plain = exp.func("REPLACE", exp.column("code", "d"), exp.convert("."), exp.convert(""))
    first = exp.func("SUBSTRING", plain, exp.convert(1), exp.convert(4))
    unspecified = exp.In(this=first, expressions=[exp.convert(code) for code in UNSPECIFIED_CODES])
    return SOURCES["diagnoses"].query.where(exp.not_(unspecified))


def _taken_back() -> exp.Select:
    """Find the visible claims that no longer stand: reversals themselves, and what they took back.

    Claims of one setting with one first and last day are one account, as in the count of admissions. Its originals fall
    with as many reversals, for a replacement states its own diagnoses; its replacements fall when nothing is left.
    """
    tally = exp.select(*CLAIM, exp.alias_(exp.Count(this=exp.Star()), "times"))
    tally = tally.from_(_claims(("reversal",)).subquery("reversals")).group_by(*CLAIM)
    same = exp.and_(*[exp.column(name, "c").eq(exp.column(name, "b")) for name in CLAIM])
    own = [exp.column(name, "c") for name in ("row_id", "claim_id", "adjustment")]
    held = [
        exp.alias_(_number_of(kinds), name)
        for name, kinds in (("originals", ("original",)), ("bills", ("original", "replacement")))
    ]
    account = exp.select(*own, exp.column("times", "b"), *held).from_(_claims(COUNTED).subquery("c"))
    account = account.join(tally.subquery("b"), on=same)
    falls = {"original": "originals", "replacement": "bills"}
    fallen = [
        exp.and_(exp.column("adjustment").eq(kind), exp.column(left) <= exp.column("times"))
        for kind, left in falls.items()
    ]
    gone = exp.or_(exp.column("adjustment").eq("reversal"), *fallen)
    return exp.select("row_id", "claim_id").from_(account.subquery("account")).where(gone)


def _number_of(kinds: tuple[str, ...]) -> exp.Expr:
    wanted = exp.In(this=exp.column("adjustment", "c"), expressions=[exp.convert(kind) for kind in kinds])
    counted = exp.Case(ifs=[exp.If(this=wanted, true=exp.convert(1))], default=exp.convert(0))
    return exp.Window(this=exp.Sum(this=counted), partition_by=[exp.column(name, "c") for name in CLAIM])


def _claims(kinds: tuple[str, ...]) -> exp.Select:
    """Visible claims of all the past with their days; one that ends later ends at the index date."""
    wanted = exp.In(this=exp.column("adjustment"), expressions=[exp.convert(kind) for kind in kinds])
    facts = ("claim_id", "setting", "adjustment", "start_date", "end_date")
    claims = exp.select(*clocks("start_date"), *facts).from_("medical_claim").where(wanted)
    days = [place("start_date", "from_day"), exp.alias_(least(place("end_date", "").this, exp.convert(0)), "to_day")]
    return seen(claims, [exp.column(name, "e") for name in ("claim_id", "setting", "adjustment")] + days)

"""Adherence: the proportion of days covered by a drug class, overlaps carried forward, days in hospital taken out."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.spans import merge_spans
from riskkit.features.hospital import merged_admissions
from riskkit.features.timeline import clocks, least, number, only, place, ratio, seen, shared_days, span

if TYPE_CHECKING:
    from riskkit.features.catalogue import Feature

FEWEST_FILLS = 2
GROUP_LENGTH = 5
GROUP, KEY = ("row_id", "drug_group"), ("row_id", "drug_class")


def compile_adherence(features: tuple[Feature, ...]) -> exp.Select:
    r"""Compile the proportion of days covered (PDC) of each class, from the first fill in the window to the index date.

    Let :math:`f_1 < f_2 < ...` be the days on which a drug group (ATC level 4) was filled, :math:`C_i` the days of
    supply up to fill *i* and :math:`C_0 = 0`. A supply that begins before the last one is used up is carried forward,
    so that it lasts until

    .. math:: e_i = C_i + \max_{j \le i} (f_j - C_{j-1}).

    A class of several groups is covered on the days on which any of them is: two drugs taken together are not a supply
    for later.

    Parameters
    ----------
    features : tuple of Feature
        Features of one window, whose `where` holds ``(("drug_class", beginning of the ATC code),)`` of at most five
        characters.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature: a share, missing with fewer than two days of filling or where every day
        was spent in hospital.

    References
    ----------
    .. [1] METHODS section 2: distinct covered days in [first fill, index) over days; overlaps are carried forward
       within the class; days in hospital leave both; fewer than two fills are missing.
    """
    classes = sorted({str(value) for feature in features for _, value in feature.where})
    days = max(feature.window_days or 0 for feature in features)
    values = [
        number(only(exp.Max(this=exp.column("covered_share")), exp.column("drug_class").eq(value)), feature.name)
        for feature in features
        for _, value in feature.where
    ]
    query = exp.select("row_id", *values).from_(_shares().subquery("shares")).group_by("row_id")
    supplies = merge_spans(exp.select(*KEY, "from_day", "to_day").from_("filled"), by=KEY)
    parts = {
        "filled": _in_classes(_carried(_fills(days)), classes),
        "supplies": supplies,
        "admissions": merged_admissions(gap_days=0),
        "measured": _measured(),
    }
    for name, part in parts.items():
        query = query.with_(name, as_=part)
    return query


def _fills(days: int) -> exp.Select:
    """Add up what was filled of each drug group on each day."""
    held = exp.column("days_supply") > exp.convert(0)
    claims = exp.select(*clocks("fill_date"), "atc_code", "days_supply").from_("pharmacy_claim").where(held)
    group = exp.func("SUBSTRING", exp.column("atc_code", "e"), exp.convert(1), exp.convert(GROUP_LENGTH))
    columns = [place("event_date", "fill_day"), exp.alias_(group, "drug_group"), exp.column("days_supply", "e")]
    supply = exp.alias_(exp.Sum(this=exp.column("days_supply")), "supply")
    query = exp.select(*GROUP, "fill_day", supply).from_(seen(claims, columns, days).subquery("claims"))
    return query.group_by(*GROUP, "fill_day")


def _carried(fills: exp.Select) -> exp.Select:
    """Give each fill the half-open span over which its supply lasts; spans of a group never overlap."""
    total = exp.alias_(_running(exp.Sum(this=exp.column("supply"))), "total")
    counted = exp.select(*GROUP, "fill_day", "supply", total).from_(fills.subquery("fills"))
    begun = exp.column("fill_day") - exp.paren(exp.column("total") - exp.column("supply"))
    delay = exp.alias_(_running(exp.Max(this=begun)), "delay")
    delayed = exp.select(*GROUP, "fill_day", "supply", "total", delay).from_(counted.subquery("counted"))
    end = exp.column("total") + exp.column("delay")
    until = exp.convert(0)
    spans = {"from_day": least(end - exp.column("supply"), until), "to_day": least(end, until)}
    columns = [exp.alias_(value, name) for name, value in spans.items()]
    return exp.select(*GROUP, "fill_day", *columns).from_(delayed.subquery("delayed"))


def _running(aggregate: exp.Expr) -> exp.Expr:
    frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    order = exp.Order(expressions=[exp.Ordered(this=exp.column("fill_day"))])
    return exp.Window(this=aggregate, partition_by=[exp.column(name) for name in GROUP], order=order, spec=frame)


def _in_classes(carried: exp.Select, classes: list[str]) -> exp.Select:
    """Repeat each supply for every class that its group begins with."""
    parts: list[exp.Query] = [exp.select(exp.alias_(exp.convert(name), "drug_class")) for name in classes]
    listed = reduce(_and_also, parts).subquery("c")
    length = exp.func("LENGTH", exp.column("drug_class", "c"))
    begins = exp.func("SUBSTRING", exp.column("drug_group", "f"), exp.convert(1), length)
    columns = [exp.column(name, "f") for name in ("row_id", "fill_day", "from_day", "to_day")]
    query = exp.select(*columns, exp.column("drug_class", "c")).from_(carried.subquery("f"))
    return query.join(listed, on=begins.eq(exp.column("drug_class", "c")))


def _and_also(one: exp.Query, other: exp.Query) -> exp.Query:
    return exp.union(one, other, distinct=False)


def _measured() -> exp.Select:
    """Return the days covered, and the day of the first fill, of each class that was filled often enough."""
    start, end = span()
    covered = exp.select(*KEY, exp.alias_(exp.Sum(this=end - start), "covered")).from_("supplies").group_by(*KEY)
    first = exp.alias_(exp.Min(this=exp.column("fill_day")), "first_day")
    often = exp.Count(this=exp.Distinct(expressions=[exp.column("fill_day")])) >= exp.convert(FEWEST_FILLS)
    begun = exp.select(*KEY, first).from_("filled").group_by(*KEY).having(often)
    columns = [*[exp.column(name, "b") for name in KEY], exp.column("first_day", "b"), exp.column("covered", "v")]
    query = exp.select(*columns).from_(begun.subquery("b"))
    return query.join(covered.subquery("v"), on=_same_class("v", "b"))


def _same_class(one: str, other: str) -> exp.Expr:
    return exp.and_(*[exp.column(name, one).eq(exp.column(name, other)) for name in KEY])


def _shares() -> exp.Select:
    """Divide the covered days by the days, both without the days in hospital."""
    hospital = span("h")
    parts = {
        "supplied": _away("supplies", span("p"), hospital),
        "lived": _away("measured", (exp.column("first_day", "p"), exp.convert(0)), hospital),
    }
    away = {name: exp.func("COALESCE", exp.column("days", name), exp.convert(0)) for name in parts}
    covered = exp.column("covered", "m") - away["supplied"]
    days = exp.convert(0) - exp.column("first_day", "m") - away["lived"]
    share = exp.alias_(ratio(exp.paren(covered), exp.paren(days)), "covered_share")
    query = exp.select(*[exp.column(name, "m") for name in KEY], share).from_("measured AS m")
    for name, part in parts.items():
        query = query.join(part.subquery(name), on=_same_class(name, "m"), join_type="left")
    return query


def _away(relation: str, days: tuple[exp.Expr, exp.Expr], hospital: tuple[exp.Expr, exp.Expr]) -> exp.Select:
    """Count the days of a relation that were spent in hospital."""
    keys = [exp.column(name, "p") for name in KEY]
    same = exp.column("row_id", "h").eq(exp.column("row_id", "p"))
    query = exp.select(*keys, exp.alias_(exp.Sum(this=shared_days(days, hospital)), "days"))
    query = query.from_(f"{relation} AS p").join("admissions AS h", on=same)
    return query.group_by(*[key.copy() for key in keys])

"""Teams: the panel of a member's family-doctor team on the day before the index date, and what it had used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.features.timeline import clocks, number, only, place, ratio, seen
from riskkit.features.window import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskkit.features.catalogue import Feature

MONEY = "DECIMAL(18, 2)"
CLOCKS = ("index_date", "as_of_date")


def compile_panels(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the size of the panel and the level of its institution.

    Parameters
    ----------
    features : tuple of Feature
        Features whose `column` is ``size`` or ``level``.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature, for members with a team.
    """
    columns = {"size": exp.column("size", "p"), "level": exp.column("institution_level", "t")}
    values = [number(columns[feature.column], feature.name) for feature in features]
    sizes = exp.select("team_id", *CLOCKS, exp.alias_(_persons(), "size")).from_("panels").group_by("team_id", *CLOCKS)
    query = exp.select(exp.column("row_id", "t"), *values).from_("own_team AS t")
    return _with_panels(query.join(sizes.subquery("p"), on=_same_panel("p")))


def compile_team_cost(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the mean cost of the panel: its visible claims of the window over its members.

    Parameters
    ----------
    features : tuple of Feature
        Features of one window whose `column` is a money column of the claims.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature.
    """
    sums = {f.column: exp.Sum(this=exp.cast(exp.column(f.column, "e"), MONEY)) for f in features}
    return _mean_of("medical_claim", "start_date", features, sums)


def compile_team_care(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the mean number of care events of a kind in the panel.

    Parameters
    ----------
    features : tuple of Feature
        Features of one window whose `column` is a kind of care event.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature.
    """
    counts = {f.column: only(exp.Count(this=exp.Star()), exp.column("kind", "e").eq(f.column)) for f in features}
    return _mean_of("care_event", "date", features, counts)


def _mean_of(table: str, event: str, features: tuple[Feature, ...], totals: Mapping[str, exp.Expr]) -> exp.Select:
    """Divide what each panel had by its size; events pass the window of the panel's own index date."""
    days = max(feature.window_days or 0 for feature in features)
    needed = {"medical_claim": sorted(totals), "care_event": ["kind"]}[table]
    events = exp.alias_(exp.Subquery(this=exp.select(*clocks(event), *needed).from_(table)), "e", table=True)
    keys = [exp.column(name, "s") for name in ("team_id", *CLOCKS)]
    persons = exp.Count(this=exp.Distinct(expressions=[exp.column("person_id", "s")]))
    seen_by = exp.and_(exp.column("person_id", "e").eq(exp.column("person_id", "s")), visible(days))
    used = exp.select(*keys, exp.alias_(persons, "size"), *[exp.alias_(v, name) for name, v in totals.items()])
    used = used.from_("panels AS s").join(events, on=seen_by, join_type="left")
    used = used.group_by(*[key.copy() for key in keys])
    values = [
        number(ratio(exp.func("COALESCE", exp.column(f.column, "p"), exp.convert(0)), exp.column("size", "p")), f.name)
        for f in features
    ]
    query = exp.select(exp.column("row_id", "t"), *values).from_("own_team AS t")
    return _with_panels(query.join(used.subquery("p"), on=_same_panel("p")))


def _persons() -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[exp.column("person_id")]))


def _same_panel(relation: str) -> exp.Expr:
    return exp.and_(*[exp.column(name, relation).eq(exp.column(name, "t")) for name in ("team_id", *CLOCKS)])


def _with_panels(query: exp.Select) -> exp.Select:
    for name, part in {"own_team": _own_team(), "panels": _panels()}.items():
        query = query.with_(name, as_=part)
    return query


def _spans() -> exp.Select:
    spans = exp.select(*clocks("start_date", "start_date"), "end_date", "team_id", "institution_level")
    return spans.from_("enrollment")


def _own_team() -> exp.Select:
    """Return the team of the span that was begun last before the index date."""
    columns = [exp.column(name, "e") for name in ("team_id", "institution_level", "event_date")]
    spans = seen(_spans(), [*(exp.column(name, "s") for name in CLOCKS), *columns])
    newest = exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column("row_id")],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column("event_date"), desc=True)]),
    )
    ranked = exp.select("row_id", *CLOCKS, "team_id", "institution_level", exp.alias_(newest, "recency"))
    last = exp.select("row_id", *CLOCKS, "team_id", "institution_level")
    known = exp.not_(exp.Is(this=exp.column("team_id"), expression=exp.null()))
    last = last.from_(ranked.from_(spans.subquery("spans")).subquery("ranked"))
    return last.where(exp.column("recency").eq(exp.convert(1)), known)


def _panels() -> exp.Select:
    """Return who stood with each team on the day before the index date, by spans begun before it."""
    teams = exp.select("team_id", *CLOCKS).distinct().from_("own_team")
    keys = [exp.column(name, "s") for name in ("team_id", *CLOCKS)]
    spans = exp.alias_(exp.Subquery(this=_spans()), "e", table=True)
    same_team = exp.column("team_id", "e").eq(exp.column("team_id", "s"))
    begun = exp.select(*keys, exp.column("person_id", "e"), place("end_date", "to_day"))
    begun = begun.from_(teams.subquery("s")).join(spans, on=same_team).where(visible(None))
    standing = exp.select("team_id", *CLOCKS, "person_id").distinct().from_(begun.subquery("begun"))
    return standing.where(exp.column("to_day") >= exp.convert(0))

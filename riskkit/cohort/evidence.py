"""Evidence: the dates on which records prove an outcome by its rules, and those on which they merely mention it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from sqlglot import exp

from riskkit.cohort.episodes import select_fallen, select_stays
from riskkit.cohort.measurements import find_measured
from riskkit.data.codes import match_prefixes
from riskkit.data.engine import fetch_rows, open_engine, open_tables
from riskkit.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

    from riskkit.data.outcome_rules import CodeRule, EventRules, StayRule

PROCEDURES_IN = {"icd9cm": "icd9cm3"}
"""A procedure table names ICD-9-CM for its volume 3, whose codes are not those of the diagnoses."""
CODE_COLUMNS = ["code", "vocabulary", "code_group"]


@dataclass(frozen=True)
class Evidence:
    """What the records say of one outcome.

    Parameters
    ----------
    events : pandas.DataFrame
        `person_id`, `date`: dates on which a rule is met; of two records that are needed, the first one's.
    mentions : pandas.DataFrame
        `person_id`, `date`: dates that take a member out of the risk set if they lie in the washout.
    """

    events: pd.DataFrame
    mentions: pd.DataFrame


def find_evidence(
    tables: Mapping[str, Path | pd.DataFrame],
    rules: EventRules,
    code_lists: pd.DataFrame,
    *,
    before: pd.Timestamp | None = None,
) -> Evidence:
    """Find the dates on which an outcome is proved or mentioned.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.
    rules : EventRules
        What proves the outcome.
    code_lists : pandas.DataFrame
        Prefixes from ``riskkit.data.codes.read_code_lists``.
    before : pandas.Timestamp, optional
        First day that may not be looked at: neither an event nor its second record is taken from it on.

    Returns
    -------
    Evidence
        Events and mentions.

    Raises
    ------
    PolicyError
        If a rule names a group that no code list has.
    """
    with open_engine() as engine:
        open_tables(engine, tables)
        open_groups(engine, rules.names, code_lists)
        found = [_find_coded(engine, rule, before) for rule in rules.codes]
        stays = [_dates(_fetch(engine, select_matching(rule), before)) for rule in rules.stays]
        found += [Evidence(dates, dates) for dates in stays]
        if rules.prevalent:
            mentioned = _fetch(engine, _select_mentions(rules.prevalent, ()), before)
            found.append(Evidence(_dates(mentioned.iloc[:0]), _dates(mentioned)))
    found += [Evidence(*find_measured(tables, rule, before=before)) for rule in rules.labs]
    return Evidence(_join([one.events for one in found]), _join([one.mentions for one in found]))


def require_groups(names: tuple[str, ...], code_lists: pd.DataFrame, *, place: str = "[label_options]") -> None:
    """Refuse a group that no code list has.

    Parameters
    ----------
    names : tuple of str
        Groups, as ``list:group``.
    code_lists : pandas.DataFrame
        Prefixes of every list.
    place : str, default '[label_options]'
        Where the groups are named, for the message.

    Raises
    ------
    PolicyError
        If no code list has one of the groups.
    """
    known = set(code_lists["list"] + ":" + code_lists["group"])
    absent = [name for name in names if name not in known]
    if absent:
        message = (
            f"{place} names the code group {absent[0]!r}, expected one of a code list (*.csv), as list:group. "
            "Correct the name, or add the group to a list."
        )
        raise PolicyError(message)


def open_groups(engine: duckdb.DuckDBPyConnection, names: tuple[str, ...], code_lists: pd.DataFrame) -> None:
    """Give a connection the codes of some groups, as the source spells them, and the stays with what was coded in them.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the canonical tables; gets `diagnosis_group`, `procedure_group`, `drg_group`, `stay` and
        `fallen`, the claims that are no event.
    names : tuple of str
        Groups, as ``list:group``.
    code_lists : pandas.DataFrame
        Prefixes of every list.

    Raises
    ------
    PolicyError
        If no code list has one of the groups.
    """
    require_groups(names, code_lists)
    named = code_lists.assign(code_group=code_lists["list"] + ":" + code_lists["group"])
    wanted = named[named["code_group"].isin(names)]
    for view, table in {"diagnosis_group": "diagnosis", "procedure_group": "procedure", "drg_group": "drg"}.items():
        engine.register(f"{view}_codes", _match(engine, table, wanted))
        kept = exp.select(*CODE_COLUMNS).from_(f"{view}_codes")
        engine.execute(exp.Create(this=exp.to_table(view), kind="TABLE", expression=kept).sql("duckdb"))
    for view, query in {"stay": select_stays(), "fallen": select_fallen()}.items():
        engine.execute(exp.Create(this=exp.to_table(view), kind="TABLE", expression=query).sql("duckdb"))


def _match(engine: duckdb.DuckDBPyConnection, table: str, wanted: pd.DataFrame) -> pd.DataFrame:
    """Match the codes that a table of the source holds to the wanted groups."""
    if table == "drg":
        held = (
            exp.select("drg_code")
            .distinct()
            .from_("medical_claim")
            .where(exp.column("drg_code").is_(exp.null()).not_())
        )
        rows = [(code, name) for (code,) in fetch_rows(engine, held) for name in ("chs_drg", "ms_drg")]
        codes = pd.DataFrame(rows, columns=["code", "vocabulary"], dtype="str")
    else:
        held = exp.select("code", "vocabulary").distinct().from_(table)
        codes = pd.DataFrame(fetch_rows(engine, held), columns=["code", "vocabulary"], dtype="str")
    if table == "procedure":
        codes = codes.assign(spelt=codes["vocabulary"], vocabulary=codes["vocabulary"].replace(PROCEDURES_IN))
    known = codes[codes["vocabulary"].isin(wanted["vocabulary"].unique())]
    matches = match_prefixes(known, wanted)
    matches = matches.assign(code_group=matches["list"] + ":" + matches["group"])
    if table == "procedure":
        matches["vocabulary"] = matches["vocabulary"].replace({new: old for old, new in PROCEDURES_IN.items()})
    return matches[CODE_COLUMNS].drop_duplicates()


def select_matching(rule: StayRule) -> exp.Select:
    """Build the query of the admissions that a rule of stays counts.

    Parameters
    ----------
    rule : StayRule
        The rule.

    Returns
    -------
    sqlglot.expressions.Select
        `person_id`, `date` (the first day of the admission), from the tables of :func:`open_groups`.
    """
    is_first = exp.column("turn", "s").eq(1)
    wanted: list[exp.Expr] = []
    if rule.principal:
        wanted.append(_any_in_episode("diagnosis", rule.principal, is_first, exp.column("position", "d").eq(1)))
    if rule.diagnoses:
        wanted.append(_any_in_episode("diagnosis", rule.diagnoses))
    if rule.procedures:
        wanted.append(_any_in_episode("procedure", rule.procedures))
    if rule.without_diagnoses:
        wanted.append(exp.not_(_any_in_episode("diagnosis", rule.without_diagnoses)))
    if not rule.transfers_in:
        came = exp.column("admission_source", "e").eq("transfer")
        wanted.append(exp.not_(exp.func("COALESCE", came, exp.false())))
    query = exp.select(exp.column("person_id", "e"), exp.alias_(exp.column("start_date", "e"), "date"))
    query = query.from_(exp.alias_(exp.to_table("stay"), "e", table=True)).where(exp.column("turn", "e").eq(1), *wanted)
    if rule.minimum_age_years:
        same = exp.column("person_id", "p").eq(exp.column("person_id", "e"))
        of_age = exp.DateAdd(
            this=exp.column("birth_date", "p"), expression=exp.convert(rule.minimum_age_years), unit=exp.var("year")
        )
        query = query.join(exp.alias_(exp.to_table("person"), "p", table=True), on=same)
        query = query.where(of_age <= exp.column("start_date", "e"))
    return query


def _any_in_episode(table: str, groups: tuple[str, ...], *wanted: exp.Expr) -> exp.Expr:
    """Say whether any stay of the admission ``e`` has a code of the groups."""
    claim = {"diagnosis": "record_id", "procedure": "claim_id"}[table]
    query = exp.select("1").from_(exp.alias_(exp.to_table("stay"), "s", table=True))
    query = query.join(exp.alias_(exp.to_table(table), "d", table=True), on=_same(("claim_id", "s"), (claim, "d")))
    of_group = exp.and_(_same(("code", "g"), ("code", "d")), _same(("vocabulary", "g"), ("vocabulary", "d")))
    query = query.join(exp.alias_(exp.to_table(f"{table}_group"), "g", table=True), on=of_group)
    same = exp.and_(_same(("person_id", "s"), ("person_id", "e")), _same(("episode", "s"), ("episode", "e")))
    return exp.Exists(this=query.where(same, exp.column("code_group", "g").isin(*groups), *wanted))


def _same(left: tuple[str, str], right: tuple[str, str]) -> exp.Expr:
    return exp.column(*left).eq(exp.column(*right))


def _find_coded(engine: duckdb.DuckDBPyConnection, rule: CodeRule, before: pd.Timestamp | None) -> Evidence:
    """Find the dates that a rule of codes counts, and among them those that prove."""
    dates = _fetch(engine, _select_mentions(rule.groups, rule.pairs), before)
    alone = pd.Series(data=False, index=dates.index)
    if rule.inpatient_dates:
        alone |= dates["in_hospital"]
    if rule.emergency_dates:
        alone |= dates["in_emergency"]
    if not rule.outpatient_dates:
        held = dates[alone]
        return Evidence(_dates(held), _dates(held))
    following = dates.groupby("person_id")["date"].shift(-1)
    confirmed = (following - dates["date"]).dt.days.le(rule.within_days or 0)
    return Evidence(_dates(dates[alone | confirmed]), _dates(dates))


def _select_mentions(groups: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> exp.Select:
    """Select each person's dates with a code that counts, and whether one of them was in hospital or in emergency."""
    named = [*groups, *(name for pair in pairs for name in pair)]
    records = exp.select("d.person_id", "d.date", "d.record_id", "d.source", "g.code_group").from_("diagnosis AS d")
    of_group = exp.and_(_same(("code", "g"), ("code", "d")), _same(("vocabulary", "g"), ("vocabulary", "d")))
    records = records.join("diagnosis_group AS g", on=of_group)
    records = records.join("fallen AS c", on=_same(("claim_id", "c"), ("record_id", "d")), join_type="anti")
    records = records.where(exp.column("code_group", "g").isin(*named))
    single = exp.column("code_group").isin(*groups) if groups else exp.false()
    together = [_both(pair) for pair in pairs]
    proved = exp.or_(exp.Max(this=exp.cast(single, "INT")).eq(1), *together)
    claims = exp.select("person_id", "date", "source").from_(records.subquery("records"))
    claims = claims.group_by("person_id", "record_id", "date", "source").having(proved)
    flags = {"in_hospital": "inpatient", "in_emergency": "emergency"}
    columns = [
        exp.alias_(exp.cast(exp.Max(this=exp.cast(exp.column("source").eq(word), "INT")), "BOOLEAN"), name)
        for name, word in flags.items()
    ]
    query = exp.select("person_id", "date", *columns).from_(claims.subquery("claims"))
    return query.group_by("person_id", "date")


def _both(pair: tuple[str, str]) -> exp.Expr:
    return exp.and_(*[exp.Max(this=exp.cast(exp.column("code_group").eq(name), "INT")).eq(1) for name in pair])


def _fetch(engine: duckdb.DuckDBPyConnection, query: exp.Select, before: pd.Timestamp | None) -> pd.DataFrame:
    """Fetch dates up to the last that may be looked at, by person in their order."""
    found = exp.select("*").from_(query.subquery("found"))
    if before is not None:
        found = found.where(exp.column("date") < exp.cast(exp.convert(f"{before:%Y-%m-%d}"), "DATE"))
    rows = engine.execute(found.order_by("person_id", "date").sql("duckdb")).df()
    return rows.astype({"person_id": "str", "date": "datetime64[us]"})


def _dates(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[["person_id", "date"]]


def _join(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts).drop_duplicates().sort_values(["person_id", "date"], ignore_index=True)

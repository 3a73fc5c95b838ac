"""The population of an audit: members of a closed year with their rate, what they cost, and the groups they are in."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, PolicyError
from riskkit.evaluation.group_performance import name_age_bands
from riskkit.features.contents import make_catalogue
from riskkit.tiers.final import TierHistory
from riskkit.workflow.added_records import take_sample
from riskkit.workflow.audit_year import require_closed_year, require_earlier_year
from riskkit.workflow.members import FeaturePlan, build_members, label_members
from riskkit.workflow.rate import RatedPopulation, rate_members
from riskkit.workflow.score import KEYS
from riskkit.workflow.source import open_source, require_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from riskkit.data.io import Tables
    from riskkit.rates.policy import RatePolicy
    from riskkit.workflow.added_records import RecordSample
    from riskkit.workflow.audit_policy import AuditPolicy
    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.members import Members

    Progress = Callable[[str, int, int], None]

DECILES = 10
FAIRNESS = ("age_band", "sex", "region", "urban", "insurance_type", "institution_level", "enrolment", "laboratory")


@dataclass(frozen=True)
class LastMembers:
    """What last year's bundle reads: its own members then, and this year's.

    Parameters
    ----------
    then : Members
        Members of last year's index date by the rules and features of last year's bundle.
    now : Members
        This year's members with the features of last year's bundle.
    stated : TierHistory
        Final tiers of last year's members, as they were paid; the model's own where they are not known.
    history : TierHistory
        What holds and raises this year's tiers by last year's policy.
    """

    then: Members
    now: Members
    stated: TierHistory = field(default_factory=TierHistory)
    history: TierHistory = field(default_factory=TierHistory)


@dataclass(frozen=True)
class AuditPopulation:
    """Members of one index date whose year is known.

    Parameters
    ----------
    members : Members
        Cohort and features, one row per member.
    labels : pandas.DataFrame
        Keys, `observed` (cost, currency per member year) and `weight` (member years).
    records : RecordSample
        Some of the members with their records, for the gaming audit.
    last : LastMembers, optional
        What last year's bundle reads, where a year is set against it.
    history : TierHistory
        Last year's tiers and overrides, matched with the members; empty where their tier is the model's own.
    """

    members: Members
    labels: pd.DataFrame
    records: RecordSample
    last: LastMembers | None = None
    history: TierHistory = field(default_factory=TierHistory)


def open_audit_population(
    bundle: Bundle,
    source: Path,
    index_date: date,
    *,
    limits: AuditPolicy,
    last: tuple[Bundle, date] | None = None,
    progress: Progress | None = None,
) -> AuditPopulation:
    """Build the members of a source at a past index date, with what they cost in the year after.

    Parameters
    ----------
    bundle : Bundle
        Names cohort, features and the rated outcome.
    source : pathlib.Path
        Folder of the source.
    index_date : datetime.date
        The index date.
    limits : AuditPolicy
        Says how many members' records are kept for the gaming audit, and when a year is over.
    last : tuple of Bundle and datetime.date, optional
        Last year's bundle and index date. A bundle of its own has code lists and features of its own, so that this
        year's members are built by them as well.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    AuditPopulation
        The members.

    Raises
    ------
    DataContractError
        If the claims do not reach the end of the year, nobody counts at the index date, or last year's index date is
        not before it.
    PolicyError
        If the bundle names no rated outcome.
    """
    if bundle.rated_outcome is None:
        message = f"bundle {bundle.scheme}: no rated outcome. Name one in the scheme's [rates] and retrain."
        raise PolicyError(message)
    spec, plan = bundle.models[bundle.rated_outcome].spec, _plan(bundle)
    if last:
        require_earlier_year(last[1], index_date)
    with tempfile.TemporaryDirectory(prefix="riskkit-") as scratch:
        opened = open_source(bundle.adapter, source, Path(scratch), on_bad_rows="refuse", progress=progress)
        require_tables(opened, bundle.tables)
        require_closed_year(opened.tables.paths, index_date, spec.horizon_days, gap_days=limits.closing_gap.value)
        members = build_members(opened.tables, bundle.cohort, plan, index_dates=[index_date], progress=progress)
        labels = label_members(members.cohort, opened.tables, spec, code_lists=bundle.code_lists)
        if not (labels["weight"] > 0).any():
            message = (
                f"audit: nobody counts in the year after {index_date}. Give an --index-date whose year is covered."
            )
            raise DataContractError(message)
        return AuditPopulation(
            members,
            labels[[*KEYS, "observed", "weight"]],
            take_sample(members, opened.tables, plan, most=int(limits.gaming_members.value)),
            _build_last(bundle, members, opened.tables, last, progress) if last else None,
        )


def _plan(bundle: Bundle) -> FeaturePlan:
    return FeaturePlan(make_catalogue(bundle.code_lists), bundle.catalogue, bundle.code_lists)


def _build_last(
    bundle: Bundle, members: Members, tables: Tables, last: tuple[Bundle, date], progress: Progress | None
) -> LastMembers:
    """Build last year's members, and this year's again where last year's bundle is another one."""
    old, day = last
    plan = _plan(old)
    then = build_members(tables, old.cohort, plan, index_dates=[day], progress=progress)
    if old is bundle:
        return LastMembers(then, members)
    today = members.cohort["index_date"].max().date()
    return LastMembers(then, build_members(tables, bundle.cohort, plan, index_dates=[today], progress=progress))


def rate_population(
    bundle: Bundle, policy: RatePolicy, members: Members, history: TierHistory | None = None
) -> RatedPopulation:
    """Rate the members of an audit; blocks for teams are left out, as they move budgets and no member's rate.

    Parameters
    ----------
    bundle : Bundle
        Models and tiers.
    policy : RatePolicy
        The policy.
    members : Members
        The members.
    history : TierHistory, optional
        What their final tiers rest on.

    Returns
    -------
    RatedPopulation
        Table, ledger and certificate.
    """
    members_alone = policy.model_copy(update={"credibility": None, "corridor": None, "withhold": None})
    day = members.cohort["index_date"].max().date()
    population = f"{bundle.scheme}, audit of {day}"
    return rate_members(bundle, members_alone, members, population=population, tier_history=history)


def make_audit_frame(
    population: AuditPopulation, rated: RatedPopulation, *, share: float, new_below: float
) -> pd.DataFrame:
    """Set rate beside cost within the scope of the rate, with the groups of every member.

    Parameters
    ----------
    population : AuditPopulation
        The members.
    rated : RatedPopulation
        Their rates.
    share : float
        Share of the cost that is within the scope, see `riskkit.workflow.audit_scope`.
    new_below : float
        Months since joining below which a member is new.

    Returns
    -------
    pandas.DataFrame
        Keys, `observed`, `predicted` (currency per member year), `weight` (member years), `relative_risk_score`,
        `age_years`, and groups: `risk_tier`, `decile`, `tier_decile`, `team_id` and those of `FAIRNESS`, as far as they
        are known. Members without weight are left out.
    """
    columns = [*KEYS, "rate_amount", "relative_risk_score", *(name for name in ("risk_tier",) if name in rated.table)]
    frame = population.labels.merge(rated.table[columns], on=KEYS, validate="one_to_one")
    context = population.members.cohort.drop(columns=["exposure_months"], errors="ignore")
    frame = frame.merge(_name_groups(context, population.members.features, new_below), on=KEYS, validate="one_to_one")
    frame = frame[frame["weight"] > 0].reset_index(drop=True)
    rank = frame["relative_risk_score"].rank(method="first", pct=True)
    frame = frame.assign(observed=frame["observed"] * share, predicted=frame["rate_amount"], decile=_name_tenths(rank))
    if "risk_tier" in frame:
        within = frame.groupby("risk_tier")["relative_risk_score"].rank(method="first", pct=True)
        frame["tier_decile"] = frame["risk_tier"].astype("str") + " " + _name_tenths(within)
    return frame


def _name_tenths(rank: pd.Series) -> pd.Series:
    """Name the tenth that a rank from 0 to 1 falls into, ``01`` to ``10``."""
    named: pd.Series = np.ceil(rank * DECILES).astype(int).astype("str")
    return named.str.zfill(2)


def _name_groups(context: pd.DataFrame, features: pd.DataFrame, new_below: float) -> pd.DataFrame:
    """Name the groups of each member, as far as the source knows them."""
    known = ("sex", "region", "urban", "insurance_type", "institution_level", "team_id")
    named = context[[*KEYS, "age_years", *(name for name in known if name in context)]].copy()
    if "urban" in named:
        named["urban"] = named["urban"].map({True: "urban", False: "rural"})
    if "institution_level" in named:
        level = named["institution_level"]
        named["institution_level"] = ("level " + level.astype("Int64").astype("str")).where(level.notna())
    named["age_band"] = name_age_bands(context["age_years"]).to_numpy()
    if "days_since_joining" in features:
        months = features["days_since_joining"].to_numpy(dtype=np.float64) / (365.25 / 12)
        named["enrolment"] = np.where(months < new_below, "new", "continuing")
    if "hba1c_latest_365d" in features:
        named["laboratory"] = np.where(features["hba1c_latest_365d"].isna(), "no HbA1c in the year", "HbA1c known")
    return named

"""What moved since last year: both years rated, and the move of every member in parts that sum to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.errors import PolicyError
from riskkit.evaluation.group_performance import name_age_bands
from riskkit.policy import read_policy
from riskkit.rates.dislocation import PARTS, compute_dislocation, sum_dislocation
from riskkit.rates.policy import RatePolicy, require_same_product
from riskkit.workflow.audit_population import rate_population
from riskkit.workflow.measure import to_records
from riskkit.workflow.rating_frame import rate_frame
from riskkit.workflow.score import KEYS, assign_member_tiers, predict_outcomes

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from riskkit.rates.frozen import FrozenRates
    from riskkit.tiers.final import TierHistory
    from riskkit.workflow.audit_population import AuditPopulation
    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.members import Members
    from riskkit.workflow.rate import RatedPopulation

GROUPS = ("team_id", "risk_tier", "age_band", "region")


@dataclass(frozen=True)
class LastYear:
    """What the rates are set against, to say what moved.

    Parameters
    ----------
    index_date : datetime.date
        Last year's index date.
    bundle : Bundle or None
        Last year's models; this year's where absent.
    policy : pathlib.Path or None
        Last year's policy; this year's where absent.
    """

    index_date: date
    bundle: Bundle | None = None
    policy: Path | None = None


def rate_last_year(
    bundle: Bundle, population: AuditPopulation, last: LastYear, policy: RatePolicy
) -> RatedPopulation | None:
    """Rate last year's members by last year's models and policy.

    Parameters
    ----------
    bundle : Bundle
        This year's models.
    population : AuditPopulation
        The audited members.
    last : LastYear
        Last year.
    policy : RatePolicy
        This year's policy.

    Returns
    -------
    RatedPopulation or None
        Last year's rates; None where the population was built without last year.

    Raises
    ------
    PolicyError
        If last year's policy is of another product.
    """
    if population.last is None:
        return None
    old = read_policy(last.policy, RatePolicy) if last.policy else policy
    require_same_product(old, policy)
    return rate_population(last.bundle or bundle, old, population.last.then, population.last.stated)


def dislocate(before: RatedPopulation, after: RatedPopulation, population: AuditPopulation) -> pd.DataFrame:
    """Split what moved since last year, member by member.

    Parameters
    ----------
    before, after : RatedPopulation
        The rates of both years, each with the bundle that they are of.
    population : AuditPopulation
        This year's members, and those that last year's bundle reads.

    Returns
    -------
    pandas.DataFrame
        What `riskkit.rates.dislocation.compute_dislocation` returns.

    Raises
    ------
    PolicyError
        If a bundle's rates were not fitted, or the population was built without last year.
    """
    if population.last is None:
        message = "audit: the population was built without last year. Give --last-date."
        raise PolicyError(message)
    old, new = _frozen_of(before.bundle), _frozen_of(after.bundle)
    last = population.last
    then = _read_members(before.bundle, last.then, last.stated, old, new)
    now = _read_members(after.bundle, population.members, population.history, old, new)
    one_bundle = last.now is population.members and before.bundle.models is after.bundle.models
    by_old = now if one_bundle else _read_members(before.bundle, last.now, last.history, old, new)
    return compute_dislocation(old, new, then, now, now_by_old_model=by_old)


def _read_members(bundle: Bundle, members: Members, history: TierHistory, *figures: FrozenRates) -> pd.DataFrame:
    """Make the members that both policies read, by the models and final tiers of one bundle, sorted by key."""
    context = [name for name in ("region", "exposure_months") if name in members.cohort]
    frame = members.features.merge(members.cohort[[*KEYS, *context]], on=KEYS, validate="one_to_one")
    predictions = predict_outcomes(bundle, frame)
    tiers = assign_member_tiers(bundle, frame, predictions, history) if bundle.tiers else frame[KEYS]
    columns = list(dict.fromkeys(column for one in figures for column in one.policy.columns))
    return rate_frame(bundle, frame, predictions, tiers, columns=columns).sort_values(KEYS, ignore_index=True)


def _frozen_of(bundle: Bundle) -> FrozenRates:
    if bundle.rates is None:
        message = f"bundle {bundle.scheme}: its rates were not fitted. Rate its members first."
        raise PolicyError(message)
    return bundle.rates


def name_moved(before: RatedPopulation, after: RatedPopulation, population: AuditPopulation) -> pd.DataFrame:
    """Name the groups of everybody whose rate moved: this year's of who is here, last year's of who left.

    Parameters
    ----------
    before, after : RatedPopulation
        The rates of both years.
    population : AuditPopulation
        Members of both years.

    Returns
    -------
    pandas.DataFrame
        `person_id` and those of `GROUPS` that are known, one row per person.
    """
    here = _name_moved(population.members, after)
    if population.last is None:
        return here
    last = _name_moved(population.last.then, before)
    return pd.concat([here, last[~last["person_id"].isin(here["person_id"])]], ignore_index=True)


def _name_moved(members: Members, rated: RatedPopulation) -> pd.DataFrame:
    """Name the groups of one year's members, as text."""
    cohort = members.cohort
    named = cohort[["person_id", *(name for name in ("team_id", "region") if name in cohort)]]
    named = named.assign(age_band=name_age_bands(cohort["age_years"]).to_numpy())
    if "risk_tier" in rated.table:
        tier = rated.table.set_index("person_id")["risk_tier"]
        named["risk_tier"] = tier.reindex(named["person_id"]).to_numpy()
    return named.astype("object")


def sum_up_dislocation(table: pd.DataFrame, frame: pd.DataFrame) -> dict[str, Any]:
    """Sum the parts over all members, by status, team, tier and group.

    Parameters
    ----------
    table : pandas.DataFrame
        What `dislocate` returned.
    frame : pandas.DataFrame
        `person_id` and groups, from `name_moved`; who has no row is ``missing``.

    Returns
    -------
    dict
        `parts`, and rows of `sum_dislocation` under `all`, `status` and each grouping; under `stayed` the groupings of
        those who stayed alone, as who came or went has no part but the population's.
    """
    known = frame.drop_duplicates("person_id").set_index("person_id")
    stayed = table[table["status"] == "stayed"].reset_index(drop=True)
    named = {name: known[name] for name in GROUPS if name in known}
    summed: dict[str, Any] = {
        "parts": list(PARTS),
        "all": to_records(sum_dislocation(table, pd.Series("all", index=table.index))),
        "status": to_records(sum_dislocation(table, table["status"])),
    }
    for name, group in named.items():
        summed[name] = to_records(sum_dislocation(table, group.reindex(table["person_id"])))
    summed["stayed"] = {
        name: to_records(sum_dislocation(stayed, group.reindex(stayed["person_id"]))) for name, group in named.items()
    }
    return summed

"""An audit rates the final tiers of both years, and says from which files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.tiers.final import TierHistory
from riskkit.workflow.added_records import RecordSample
from riskkit.workflow.audit import read_audit_policy
from riskkit.workflow.audit_dislocation import dislocate
from riskkit.workflow.audit_population import AuditPopulation, LastMembers, rate_population
from riskkit.workflow.audit_tiers import hold_population, restrict_history, summarise_audit_tiers
from riskkit.workflow.gaming import compute_gaming
from riskkit.workflow.tier_files import TierFiles
from riskkit.workflow.training import Training
from tests.unit.workflow.conftest import Held

DAY = date(2024, 12, 1)


@pytest.fixture(scope="module")
def population(training: Training, records: RecordSample) -> AuditPopulation:
    """The members to be rated, set against themselves: they are last year's members too."""
    labels = training.rating.cohort[["person_id", "index_date"]].assign(observed=6000.0, weight=1.0)
    return AuditPopulation(training.rating, labels, records, LastMembers(training.rating, training.rating))


def test_held_members_are_paid_the_held_tier(held: Held, population: AuditPopulation) -> None:
    found = hold_population(population, held.history, last=(held.bundle, DAY))
    rated = rate_population(held.bundle, held.rates, found.members, found.history)
    # all but the last were high a month ago and stay through the minimum stay: 15,000
    assert (rated.table["rate_amount"].iloc[:-1] == 15_000).all()
    said = summarise_audit_tiers(TierFiles(), found, rated.table)
    assert said is not None
    assert (said["used"], said["last_year"]) == ("final", "final")
    own = rate_population(held.bundle, held.rates, population.members, population.history)
    plain = summarise_audit_tiers(None, population, own.table)
    assert plain is not None
    assert (plain["used"], plain["changes"], plain["last_year"]) == ("model's own", None, "model's own")


def test_who_is_held_at_the_top_gains_nothing_by_a_code(
    held: Held, population: AuditPopulation, records: RecordSample
) -> None:
    found = hold_population(population, held.history, last=(held.bundle, DAY))
    rated = rate_population(held.bundle, held.rates, found.members, found.history)
    sample = replace(
        records, members=records.members.at(records.members.cohort["person_id"].isin(held.last["person_id"]))
    )
    asked = read_audit_policy(None)
    assert (compute_gaming(rated.bundle, sample, asked, found.history)["gain"].dropna() == 0).all()
    # without the history, the same bundle pays for a code that lifts the tier
    assert compute_gaming(rated.bundle, sample, asked)["largest"].max() >= 3_750


def test_nothing_moves_where_both_years_are_paid_the_same_tiers(held: Held, population: AuditPopulation) -> None:
    found = hold_population(population, held.history, last=(held.bundle, DAY))
    assert found.last is not None
    before = rate_population(held.bundle, held.rates, found.last.then, found.last.stated)
    after = rate_population(held.bundle, held.rates, found.members, found.history)
    table = dislocate(before, after, found)
    # high was paid last year and is held this year
    assert not table["change_minor"].any()
    ends = rate_population(held.bundle, held.rates, population.members)
    moved = dislocate(ends, after, replace(population, history=found.history))
    # from the model's own tiers every rise to high is population, as one bundle and policy serve both years
    assert moved["change_minor"].sum() > 0
    assert np.array_equal(moved["population"], moved["change_minor"])


def test_tiers_of_another_day_than_last_years_rates_are_refused(held: Held, population: AuditPopulation) -> None:
    with pytest.raises(DataContractError, match="last tiers: of 2024-12-01, expected 2024-01-01"):
        hold_population(population, held.history, last=(held.bundle, date(2024, 1, 1)))


def test_last_years_policy_applies_only_what_it_knows(training: Training, held: Held) -> None:
    overrides = pd.DataFrame({"person_id": ["a", "b"], "risk_tier": "high", "code": ["dka", "whim"]})
    history = TierHistory(held.last, overrides)
    assert held.bundle.tiers is not None
    assert training.bundle.tiers is not None
    kept = restrict_history(held.bundle.tiers.policy, history)
    assert kept.last is held.last
    assert kept.overrides is not None
    assert kept.overrides["code"].tolist() == ["dka"]
    # three_level has neither block
    assert restrict_history(training.bundle.tiers.policy, history).is_empty

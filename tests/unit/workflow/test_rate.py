"""A rated population meets its budget to the cent, member by member and step by step."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.errors import PolicyError
from riskkit.policy import read_policy, read_toml
from riskkit.rates.blocks import RelativeRisk
from riskkit.rates.modifiers import refuse_double_count
from riskkit.rates.policy import RatePolicy
from riskkit.tiers.policy import TierPolicy
from riskkit.workflow.rate import RatedPopulation, find_held_features, rate_members, summarise_rates, write_rated
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.training import Training
from tests.unit.workflow.conftest import Held

KEYS = ["person_id", "index_date"]


def policy_of(scheme: Scheme) -> RatePolicy:
    assert scheme.rate_policy is not None
    return scheme.rate_policy


def test_the_allocated_amounts_sum_to_the_budget_to_the_minor_unit(rated: RatedPopulation) -> None:
    certificate = rated.certificate
    assert int(rated.table["allocated_minor"].sum()) == certificate["budget_minor"] == certificate["allocated_minor"]
    assert certificate["difference_minor"] == 0


def test_the_budget_is_the_policys_share_of_the_expected_cost(rated: RatedPopulation) -> None:
    # The policy gives 0.40 of the expected cost; a member's expected cost counts by the months of exposure.
    expected = math.fsum(rated.table["expected_cost"] * rated.table["exposure_months"] / 12)
    assert rated.certificate["budget_minor"] == pytest.approx(0.40 * expected * 100, abs=1.0)


def test_each_ledger_sums_to_its_rate_and_starts_with_step_one(rated: RatedPopulation) -> None:
    total = rated.ledger.groupby(KEYS)["amount"].agg(math.fsum)
    rate = rated.table.set_index(KEYS)["rate_amount"]
    assert (total - rate).abs().max() < 0.01
    assert rated.ledger.groupby(KEYS)["step"].is_monotonic_increasing.all()


def test_every_member_is_rated_once_with_the_tier_of_the_score(rated: RatedPopulation, scores: pd.DataFrame) -> None:
    assert not rated.table.duplicated(KEYS).any()
    joined = rated.table.merge(scores, on=KEYS, suffixes=("", "_scored"), validate="one_to_one")
    assert len(joined) == len(scores) == len(rated.table)
    for column in ("risk_tier", "rate_amount", "relative_risk_score"):
        assert joined[column].tolist() == joined[f"{column}_scored"].tolist()


def test_the_bundle_that_comes_back_holds_the_rates_and_the_given_one_does_not(
    rated: RatedPopulation, training: Training
) -> None:
    assert training.bundle.rates is None
    assert rated.bundle.rates is not None
    assert rated.bundle.rates.reference_population == "synthetic, members on 2025-01-01"


def test_a_bundle_without_a_rated_outcome_is_refused(scheme: Scheme, training: Training) -> None:
    unrated = replace(training.bundle, rated_outcome=None)
    with pytest.raises(PolicyError, match="bundle synthetic: no rated outcome"):
        rate_members(unrated, policy_of(scheme), training.rating, population="x")


def test_a_policy_in_another_currency_is_refused(scheme: Scheme, training: Training) -> None:
    foreign = policy_of(scheme).model_copy(update={"currency": "USD"})
    with pytest.raises(PolicyError, match="pays in USD, the bundle 'synthetic' counts in CNY"):
        rate_members(training.bundle, foreign, training.rating, population="x")


@pytest.mark.parametrize("method", ["tier_table", "tier_mean"])
def test_an_uplift_for_what_the_priced_tier_reads_is_refused(training: Training, method: str) -> None:
    # Above 9% the rule of the tiers puts a member into the dear tier already; the rated model does not read HbA1c.
    values = read_toml(find_presets() / "models" / "rates" / "tier_base.toml")
    number = {"unit": "x", "reference": "drawn", "effective": "2025-01-01"}
    condition = {**number, "value": 9, "column": "hba1c_latest_365d", "held_by": ["hba1c_*"]}
    uplift = {"name": "poor control", "share": {**number, "value": 0.2}, "conditions": [condition]}
    values["modifiers"] = {"combine": "max", "uplifts": [uplift]}
    if method == "tier_mean":
        values["relative_risk"] = {"method": method}
    policy = RatePolicy.model_validate(values)
    bundle = training.bundle
    assert bundle.tiers is not None
    assert bundle.rated_outcome is not None
    silent = replace(bundle.models[bundle.rated_outcome], feature_names=["age_years"])
    bundle = replace(bundle, models={bundle.rated_outcome: silent}, tiers=replace(bundle.tiers, policy=_rule_alone()))
    held = find_held_features(bundle, policy)
    assert {"hba1c_latest_365d", "nephropathy_730d", "age_years"} <= set(held)
    assert policy.modifiers is not None
    with pytest.raises(PolicyError, match="already holds 'hba1c_latest_365d'"):
        refuse_double_count(policy.modifiers, held, policy_name=policy.name)
    own = policy.model_copy(update={"relative_risk": RelativeRisk(method="individual")})
    assert find_held_features(bundle, own) == ["age_years"]


def _rule_alone() -> TierPolicy:
    return read_policy(find_presets() / "models" / "tiers" / "seed_hba1c.toml", TierPolicy)


def test_the_tier_holds_the_features_of_the_model_that_is_cut(training: Training) -> None:
    policy = read_policy(find_presets() / "models" / "rates" / "tier_base.toml", RatePolicy)
    assert training.bundle.tiers is not None
    assert training.bundle.tiers.policy.cuts is not None
    cut = training.bundle.models[training.bundle.tiers.policy.cuts.outcome]
    assert set(cut.feature_names) <= set(find_held_features(training.bundle, policy))


def test_members_can_be_rated_without_tiers(scheme: Scheme, training: Training) -> None:
    rated = rate_members(replace(training.bundle, tiers=None), policy_of(scheme), training.rating, population="x")
    assert "risk_tier" not in rated.table
    assert rated.certificate["difference_minor"] == 0


def test_table_ledger_and_certificate_are_written_as_they_are(rated: RatedPopulation, tmp_path: Path) -> None:
    write_rated(rated, tmp_path)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "rates.parquet"), rated.table)
    assert len(pd.read_parquet(tmp_path / "ledger.parquet")) == len(rated.ledger)
    written = json.loads((tmp_path / "certificate.json").read_text(encoding="utf-8"))
    assert written["budget_minor"] == rated.certificate["budget_minor"]


def test_the_summary_counts_floor_and_cap_and_weighs_the_mean_by_exposure(rated: RatedPopulation) -> None:
    table = pd.DataFrame(
        {
            "rate_amount": [100.0, 200.0, 400.0],
            "exposure_months": [12.0, 12.0, 6.0],
            "at_floor": [True, False, False],
            "at_cap": [False, True, True],
        }
    )
    summary = summarise_rates(replace(rated, table=table))
    # (100 x 1 + 200 x 1 + 400 x .5) / 2.5 years
    assert summary["mean_rate"] == pytest.approx(200.0)
    assert (summary["members"], summary["at_floor"], summary["at_cap"]) == (3, 1, 2)
    assert summary["quantiles"]["p50"] == 200.0
    assert summary["budget_minor"] == summary["certificate"]["budget_minor"]


def test_the_final_tier_is_the_one_that_is_rated(held: Held, training: Training) -> None:
    amounts = {"low": 3_750.0, "medium": 7_500.0, "high": 15_000.0}
    own = rate_members(held.bundle, held.rates, training.rating, population="members")
    kept = rate_members(held.bundle, held.rates, training.rating, population="members", tier_history=held.history)
    for rated in (own, kept):
        assert rated.table["rate_amount"].tolist() == [amounts[tier] for tier in rated.table["risk_tier"]]
    assert kept.table["model_tier"].tolist() == own.table["risk_tier"].tolist()
    assert "model_tier" not in own.table
    # all but the last are high; the ledger and the certificate are of these amounts
    last = amounts[own.table.sort_values(KEYS)["risk_tier"].iloc[-1]]
    total = kept.ledger.groupby(KEYS)["amount"].agg(math.fsum)
    assert total.tolist() == pytest.approx([15_000.0] * (len(total) - 1) + [last])
    paid = (kept.table["rate_amount"] * kept.table["exposure_months"] / 12).sum()
    assert kept.certificate["allocated_minor"] == pytest.approx(100 * paid, abs=1)

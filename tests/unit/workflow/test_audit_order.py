"""The proof of one bundle: the parts that the rate depends on, and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from riskkit.policy import read_policy
from riskkit.rates.policy import RatePolicy
from riskkit.risk.balance import Balance
from riskkit.workflow.audit_order import prove_order
from riskkit.workflow.audit_population import rate_population
from riskkit.workflow.bundle import Bundle
from riskkit.workflow.rate import RatedPopulation, rate_members
from riskkit.workflow.training import Training

RATES = Path(__file__).parents[3] / "models" / "rates"


def rate(training: Training, policy: str) -> Bundle:
    found = read_policy(RATES / policy, RatePolicy)
    return rate_members(training.bundle, found, training.rating, population="audit").bundle


def test_an_individual_rate_is_proved_from_the_trees_to_the_rounding(rated: RatedPopulation) -> None:
    found = prove_order(rated.bundle)
    assert found["part"].drop_duplicates().tolist() == ["model", "rate"]
    assert found["step"].tolist()[:4] == ["trees", "link", "map", "cells"]
    assert found["step"].tolist()[-1] == "13 tie"
    assert set(found["verdict"]) == {"holds"}


def test_a_rate_by_tier_is_proved_by_the_outcome_that_is_cut(training: Training) -> None:
    found = prove_order(rate(training, "tier_base.toml"))
    assert found["part"].drop_duplicates().tolist() == ["tier", "rate"]
    assert {"trees", "cuts", "rule"} <= set(found.loc[found["part"] == "tier", "step"])
    assert not (found["verdict"] == "fails").any()


def test_a_flat_rate_needs_no_model(training: Training) -> None:
    assert set(prove_order(rate(training, "package_1200.toml"))["part"]) == {"rate"}


@pytest.mark.parametrize("policy", sorted(path.name for path in RATES.glob("*.toml")))
def test_no_shipped_policy_breaks_the_order(training: Training, policy: str) -> None:
    found = read_policy(RATES / policy, RatePolicy).model_copy(update={"currency": training.bundle.currency})
    absent = [name for name in found.columns if name not in {*training.rating.features, "region", "risk_tier"}]
    # a column that the small scheme does not build is set to 0 for all, and nobody is new: the proof reads the figures,
    # not the members
    values = {name: 12.0 if name.startswith("enrolled_months") else 0.0 for name in absent}
    features = training.rating.features.assign(**values)
    rated = rate_population(training.bundle, found, replace(training.rating, features=features))
    proved = prove_order(rated.bundle)
    assert not (proved["verdict"] == "fails").any()
    assert proved["step"].tolist()[-1] == ("13 tie" if found.budget else "13 rounding")


@pytest.mark.parametrize("falls", [True, False])
def test_a_planted_fall_with_age_in_the_rated_model_is_found(rated: RatedPopulation, falls: bool) -> None:
    bundle = rated.bundle
    model = bundle.models["payment_cost"]
    factors = ((1.2, 1.1), (1.0, 1.0)) if falls else ((1.1, 1.2), (1.0, 1.0))
    planted = replace(model, balance=Balance((65.0,), factors, ((0.25, 0.25), (0.25, 0.25))))  # type: ignore[type-var]
    found = prove_order(replace(bundle, models={**bundle.models, "payment_cost": planted}))
    assert found.loc[found["verdict"] == "fails", "step"].tolist() == (["age"] if falls else [])

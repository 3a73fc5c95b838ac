"""The rates times their exposure come to the budget, whoever stands at floor and cap."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.policy import read_toml
from riskkit.rates.allocation import allocate_budget
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.certificate import make_certificate
from riskkit.rates.policy import RatePolicy

MODELS = Path(__file__).parents[2] / "models" / "rates"
SEEDS, HELD = st.integers(0, 2**32 - 1), st.integers(100, 500)
FLOAT_NOISE = 1e-6


def _members(cost: np.ndarray, months: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": [f"P{at:05d}" for at in range(len(cost))],
            "index_date": pd.Timestamp("2025-01-01"),
            "exposure_months": months,
            "expected_cost": cost,
            "region": rng.choice(["east", "central", "west"], len(cost)),
        }
    )


def _rate(members: pd.DataFrame, share: float) -> tuple[pd.DataFrame, dict[str, object]]:
    values = read_toml(MODELS / "capitation.toml")
    values["budget"]["number"]["value"] = share
    frozen = fit_rates(RatePolicy.model_validate(values), members, reference_population="drawn")
    table = allocate_budget(frozen, compute_rates(frozen, members)[0])
    return table, make_certificate(frozen, table)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, low=HELD, high=st.integers(0, 60), share=st.floats(0.2, 0.9))
def test_hundreds_at_floor_and_cap_leave_at_most_half_a_minor_unit(
    seed: int, low: int, high: int, share: float
) -> None:
    # Every amount is drawn from a continuum, so each step of the sum is one member's move by one minor unit, at most a
    # member year. A staircase whose steps are at most 1 passes within 1/2 of any height: the bound is 0.5.
    rng = np.random.default_rng(seed)
    free = rng.uniform(4000, 8000, 300)
    cost = np.concatenate([rng.uniform(10, 100, low), free, rng.uniform(2e5, 3e5, high)])
    table, certificate = _rate(_members(cost, rng.choice([12.0, 6.0, 9.5, 1.0], len(cost)), rng), share)
    assert (table["at_floor"] | table["at_cap"]).sum() >= 100
    due = math.fsum((table["rate_minor"] * table["exposure_months"] / 12).tolist())
    assert abs(due - certificate["budget_minor"]) <= 0.5 + FLOAT_NOISE
    assert certificate["rates_tie"] is True
    assert certificate["rate_due_minor"] == round(due, 6)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS, shared=st.integers(1, 8))
def test_members_who_share_a_rate_leave_at_most_half_of_their_years(seed: int, shared: int) -> None:
    # 40 amounts, each of which `shared` members of a whole year have in one region: a step is `shared` minor units.
    rng = np.random.default_rng(seed)
    cost = np.repeat(rng.uniform(4000, 8000, 40), shared)
    members = _members(cost, np.full(len(cost), 12.0), rng).assign(region="east")
    _, certificate = _rate(members, 0.4)
    assert abs(float(str(certificate["rate_due_difference_minor"]))) <= shared / 2 + FLOAT_NOISE


def test_a_rate_by_tier_says_that_it_does_not_tie() -> None:
    # The budget is the expected cost, so the rates are 300,012.3, 600,045.6 and 900,078.9 cents; rounded, they miss it
    # by -0.3 x 400 + 0.4 x 300 + 0.1 x 300 = 30 cents, and the allocation alone ties.
    values = read_toml(MODELS / "capitation_flat_region.toml")
    values["relative_risk"]["method"] = "tier_mean"
    values["budget"]["number"]["value"] = 1.0
    tiers = ["low"] * 400 + ["medium"] * 300 + ["high"] * 300
    cost = np.repeat([3000.123, 6000.456, 9000.789], [400, 300, 300])
    members = _members(cost, np.full(1000, 12.0), np.random.default_rng(0)).assign(risk_tier=tiers)
    frozen = fit_rates(RatePolicy.model_validate(values), members, reference_population="tiers")
    table = allocate_budget(frozen, compute_rates(frozen, members)[0])
    certificate = make_certificate(frozen, table)
    assert (certificate["different_rates"], certificate["rates_tie"]) == (3, False)
    assert certificate["rate_due_difference_minor"] == 30.0
    assert certificate["allocated_minor"] == certificate["budget_minor"]

"""Sicker is never cheaper on the final rate: exact on the trees, and whatever member and feature are drawn."""

from __future__ import annotations

from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.errors import AcceptanceError
from riskkit.policy import read_policy
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.policy import RatePolicy
from riskkit.risk.monotone import check_monotone

FEATURES = ["age_years", "dcsi_total_730d", "egfr_latest_730d", "bmi_latest_365d"]
DIRECTIONS = {"age_years": 1, "dcsi_total_730d": 1, "egfr_latest_730d": -1}
POLICY = read_policy(Path(__file__).parents[2] / "models" / "rates" / "capitation.toml", RatePolicy)
MEMBER = st.tuples(st.floats(18, 95), st.integers(0, 13).map(float), st.floats(5, 130), st.floats(15, 50))


def train(constraints: list[int]) -> lightgbm.Booster:
    """Train 40 trees on cost that grows with age and severity, falls with eGFR, and is noisy enough to bend."""
    rng = np.random.default_rng(7)
    x = np.column_stack(
        [rng.uniform(18, 95, 3000), rng.integers(0, 14, 3000), rng.uniform(5, 130, 3000), rng.uniform(15, 50, 3000)]
    )
    mean = np.exp(7 + 0.01 * x[:, 0] + 0.12 * x[:, 1] - 0.004 * x[:, 2])
    cost = mean * rng.gamma(0.5, 2.0, 3000)
    options = {
        "objective": "tweedie",
        "num_leaves": 31,
        "min_child_samples": 20,
        "monotone_constraints": constraints,
        "monotone_constraints_method": "basic",
        "num_threads": 1,
        "deterministic": True,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(x, label=cost, feature_name=FEATURES)
    return lightgbm.train(options, data, num_boost_round=40)


@pytest.fixture(scope="module")
def booster() -> lightgbm.Booster:
    return train([1, 1, -1, 0])


@pytest.fixture(scope="module")
def frozen(booster: lightgbm.Booster) -> FrozenRates:
    rng = np.random.default_rng(8)
    x = np.column_stack(
        [rng.uniform(18, 95, 300), rng.integers(0, 14, 300), rng.uniform(5, 130, 300), rng.uniform(15, 50, 300)]
    )
    return fit_rates(POLICY, as_members(booster, x), reference_population="300 drawn members")


def as_members(booster: lightgbm.Booster, x: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": [f"P{place:03d}" for place in range(len(x))],
            "index_date": pd.Timestamp("2025-01-01"),
            "exposure_months": 12.0,
            "expected_cost": np.asarray(booster.predict(x), dtype=np.float64),
            "region": "central",
        }
    )


def test_no_split_on_a_constrained_feature_steps_the_wrong_way(booster: lightgbm.Booster) -> None:
    # There is something to check: the trees do split on constrained features.
    assert set(DIRECTIONS) & set(booster.trees_to_dataframe()["split_feature"].dropna())
    check_monotone(booster, DIRECTIONS)


def test_the_exact_check_finds_the_trees_of_a_model_that_was_left_free() -> None:
    with pytest.raises(AcceptanceError, match="the wrong order"):
        check_monotone(train([0, 0, 0, 0]), DIRECTIONS)


@settings(deadline=None, max_examples=80)
@given(
    member=MEMBER,
    worse=st.tuples(st.floats(0, 40), st.integers(0, 8).map(float), st.floats(0, 100)),
)
def test_a_worse_value_of_any_constrained_feature_never_lowers_the_final_rate(
    member: tuple[float, ...], worse: tuple[float, ...], booster: lightgbm.Booster, frozen: FrozenRates
) -> None:
    age, severity, egfr, bmi = member
    sicker = (age + worse[0], severity + worse[1], egfr - worse[2], bmi)
    rates, ledger = compute_rates(frozen, as_members(booster, np.array([member, sicker])))
    assert rates["rate_minor"].iloc[1] >= rates["rate_minor"].iloc[0]
    sums = ledger.groupby("person_id")["amount"].sum().to_numpy()
    assert np.abs(sums - rates["rate_amount"]).max() < 0.01

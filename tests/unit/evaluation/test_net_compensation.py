"""What a payment leaves over or lacks by group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation.net_compensation import compute_net_compensation


def make_frame(numbers: dict[str, int], gains: dict[str, float]) -> pd.DataFrame:
    tier = np.repeat(list(numbers), list(numbers.values()))
    paid = 1000 + np.array([gains[name] for name in tier])
    persons = [f"P{place}" for place in range(len(tier))]
    return pd.DataFrame({"person_id": persons, "tier": tier, "observed": 1000.0, "predicted": paid, "weight": 1.0})


def test_shares_times_net_compensation_sum_to_the_mapl_of_the_methods() -> None:
    # METHODS 6 [V]: shares (.3, .5, .2), NC (300, 60, -600): .3 x 300 + .5 x 60 + .2 x 600 = 240, and the mean is 0
    frame = make_frame({"a": 30, "b": 50, "c": 20}, {"a": 300, "b": 60, "c": -600})
    found = compute_net_compensation(frame, ["tier"], n_bootstrap=0)
    assert found["contribution"].abs().sum() == pytest.approx(240)
    assert found["contribution"].sum() == pytest.approx(0)


def test_a_flat_rate_under_pays_the_complex_tier() -> None:
    # POLICY_RULES C19: 1,200 for all; the simple cost 400, the complex 3,200
    rng = np.random.default_rng(1)
    cost = np.r_[rng.gamma(4, 100, 800), rng.gamma(4, 800, 200)]
    frame = pd.DataFrame(
        {
            "person_id": [f"P{place}" for place in range(1000)],
            "tier": np.repeat(["simple", "complex"], [800, 200]),
            "observed": cost,
            "predicted": 1200.0,
            "weight": 1.0,
        }
    )
    found = compute_net_compensation(frame, ["tier"], n_bootstrap=200).set_index("group")
    assert found.loc["complex", "high"] < 0 < found.loc["simple", "low"]
    # four standard errors of the mean of 200 gamma(4, 800): 4 x 1,600 / sqrt(200) = 453
    assert found.loc["complex", "net_compensation"] == pytest.approx(-2000, abs=453)
    # the scatter inside is that of the cost: 1,600
    assert found.loc["complex", "residual_sd"] == pytest.approx(1600, rel=0.2)


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    frame = make_frame({"a": 60, "b": 20, "c": 5}, {"a": 1, "b": 2, "c": 3})
    found = compute_net_compensation(frame, ["tier"], n_bootstrap=0).set_index("group")
    assert found["suppressed"].to_dict() == {"a": False, "b": True, "c": True}
    assert found.loc[["b", "c"], ["n_persons", "net_compensation", "share"]].isna().all(axis=None)


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(DataContractError, match="column 'weight' is missing"):
        compute_net_compensation(make_frame({"a": 20}, {"a": 1}).drop(columns="weight"), ["tier"])

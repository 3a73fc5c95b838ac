"""Predictable profit and loss by disjoint groups."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation.profit import compute_mapl

RNG = np.random.default_rng(0)


def test_a_payment_of_the_group_means_leaves_nothing() -> None:
    group = RNG.integers(0, 4, 2000)
    cost = RNG.gamma(0.5, 1000.0 * (1 + group))
    means = np.array([cost[group == code].mean() for code in range(4)])
    assert compute_mapl(cost, means[group], partition=group, n_bootstrap=0)["value"].item() == pytest.approx(
        0, abs=1e-9
    )


def test_losses_and_gains_weigh_by_exposure() -> None:
    # a: 2 years at +100; b: half a year at -400. (2 * 100 + .5 * 400) / 2.5 = 160
    table = compute_mapl([0, 400], [100, 0], [2, 0.5], partition=["a", "b"], n_bootstrap=0)
    assert table["value"].item() == pytest.approx(160)


def test_two_payments_are_compared_in_the_same_replicates() -> None:
    group = RNG.integers(0, 2, 4000)
    cost = RNG.gamma(2.0, 500.0 * (1 + group))
    flat = np.full(4000, cost.mean())
    fitted = np.array([cost[group == code].mean() for code in (0, 1)])[group]
    table = compute_mapl(cost, [fitted, flat], partition=group, n_bootstrap=200)
    # A flat payment pays the mean: both groups, of half the members each, are off by half of the gap of 1,000.
    assert table["value"].iloc[1] == pytest.approx(500, abs=60)
    assert table["value"].iloc[2] == pytest.approx(table["value"].iloc[1] - table["value"].iloc[0])
    assert 0 < table["low"].iloc[2] < table["value"].iloc[2] < table["high"].iloc[2]


def test_the_interval_is_not_moved_by_the_noise_of_its_own_replicates() -> None:
    group = RNG.integers(0, 20, 2000)
    cost, paid = RNG.gamma(0.5, 2000.0, 2000), np.full(2000, 1000.0)
    row = compute_mapl(cost, paid, partition=group, n_bootstrap=200).iloc[0]
    assert row["low"] <= row["value"] <= row["high"]


def test_a_partition_of_other_rows_is_refused() -> None:
    with pytest.raises(DataContractError, match="expected 2"):
        compute_mapl([1, 2], [1, 2], partition=["a"])

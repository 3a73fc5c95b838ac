"""Shares of weight add up, and a long tail is gathered in the last bin."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.evaluation.distribution import compute_distribution


def test_shares_sum_to_one_with_the_tail_in_the_last_bin() -> None:
    values = np.append(np.linspace(0, 10, 100), 1e6)
    table = compute_distribution(values, n_bins=10)
    assert table["share"].sum() == pytest.approx(1)
    assert table["upper"].iloc[-1] < 1e5
    assert table["share"].iloc[-1] > 0


def test_mean_and_median_are_weighted() -> None:
    table = compute_distribution([1.0, 2.0, 10.0], [1, 3, 1], n_bins=2)
    assert table["mean"].iloc[0] == pytest.approx(17 / 5)
    assert table["median"].iloc[0] == 2.0


def test_equal_values_have_a_bin() -> None:
    assert compute_distribution([5.0, 5.0], n_bins=3)["share"].sum() == 1.0

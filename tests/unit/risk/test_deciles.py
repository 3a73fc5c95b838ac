"""Decile knots bend a line where the money of a tenth can be believed, and stay a line where it cannot."""

from __future__ import annotations

import numpy as np

from riskkit.risk.deciles import assign_groups, fit_decile_knots
from riskkit.risk.recalibration import fit_calibrator


def make_bent(n_rows: int, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Cost with a bend: twice the prediction in the lower half, thrice at the top."""
    rng = np.random.default_rng(seed)
    f = rng.lognormal(8.0, 0.8, n_rows)
    truth = f * np.where(f < np.exp(8.0), 2.0, 2.0 + np.minimum((np.log(f) - 8.0), 1.0))
    return f, truth, truth * rng.gamma(1.0, 1.0, n_rows), rng.uniform(0.5, 1.0, n_rows)


def test_every_tenth_spends_what_its_members_cost_where_there_are_many() -> None:
    f, truth, y, w = make_bent(60_000)
    g = fit_calibrator(f, y, w, kind="cost", methods=["deciles"]).apply(f)
    line = fit_calibrator(f, y, w, kind="cost", methods=["loglinear"]).apply(f)
    groups = assign_groups(f, w)
    bias = [[np.average(each[groups == k], weights=w[groups == k]) for k in range(10)] for each in (g, line, truth)]
    off, off_of_line = (np.abs(np.array(one) / bias[2] - 1).max() for one in bias[:2])
    # the standard error of a tenth is 1 / sqrt(6000) = .013 of its mean; 4 of them are .052
    assert off < 0.052
    assert off_of_line > 0.06


def test_noise_does_not_bend_the_line() -> None:
    # one in ten members has a cost, exponential: tenths of fifty members say nothing about a bend
    rng = np.random.default_rng(1)
    f = rng.uniform(1000.0, 1500.0, 500)
    y = 20 * f * rng.exponential(1.0, 500) * (rng.random(500) < 0.1)
    x, value = fit_decile_knots(f, y, np.ones(500))
    groups = assign_groups(f, np.ones(500))
    raw = [y[groups == k].mean() / f[groups == k].mean() for k in range(10)]
    assert np.ptp(np.log(value / x)) < np.ptp(np.log(raw)) / 2


def test_knots_rise_strictly_and_there_are_ten_at_most() -> None:
    f, _, y, w = make_bent(2000)
    x, value = fit_decile_knots(f, y, w)
    assert len(x) <= 10
    assert (np.diff(x) > 0).all()
    assert (np.diff(value) > 0).all()


def test_groups_have_equal_weight_and_never_part_equal_predictions() -> None:
    # weights 3, 1, 1, 1: half of six is the first prediction alone
    groups = assign_groups(np.array([1.0, 2.0, 3.0, 3.0]), np.array([3.0, 1.0, 1.0, 1.0]), 2)
    assert groups.tolist() == [0, 1, 1, 1]
    assert assign_groups(np.full(5, 7.0), np.ones(5)).tolist() == [0] * 5

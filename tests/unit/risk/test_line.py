"""Lines on the link scale: worked numbers and the likelihood equations."""

from __future__ import annotations

import numpy as np

from riskkit.risk.line import fit_line, solve_shift


def test_the_worked_intercept_update_of_the_methods_page() -> None:
    # METHODS section 4: p = (.05, .1, .2, .4), observed .15 -> d = -.301, q = (.037, .076, .156, .330)
    margin = np.log([0.05 / 0.95, 0.1 / 0.9, 0.2 / 0.8, 0.4 / 0.6])
    shift = solve_shift(margin, np.full(4, 0.15), np.ones(4), kind="binary")
    np.testing.assert_allclose(shift, -0.301, atol=5e-4)
    np.testing.assert_allclose(1 / (1 + np.exp(-margin - shift)), [0.037, 0.076, 0.156, 0.330], atol=5e-4)


def test_two_points_are_met_exactly_on_the_log_scale() -> None:
    # 8 where 2 was said and 128 where 8 was: log y = log 2 + 2 log f
    line = fit_line(np.log([2.0, 8.0]), np.array([8.0, 128.0]), np.array([1.0, 3.0]), kind="cost")
    np.testing.assert_allclose(line, (np.log(2.0), 2.0), rtol=1e-8)


def test_the_currency_does_not_change_the_slope() -> None:
    rng = np.random.default_rng(0)
    f = rng.lognormal(8, 1, 500)
    y = f**0.8 * rng.gamma(0.3, 1 / 0.3, 500)
    _, slope = fit_line(np.log(f), y, np.ones(500), kind="cost")
    _, in_fen = fit_line(np.log(100 * f), 100 * y, np.ones(500), kind="cost")
    np.testing.assert_allclose(in_fen, slope, rtol=1e-8)


def test_a_ranking_turned_round_keeps_slope_one() -> None:
    intercept, slope = fit_line(np.array([-1.0, 1.0]), np.array([0.8, 0.2]), np.ones(2), kind="binary")
    assert slope == 1.0
    np.testing.assert_allclose(intercept, 0.0, atol=1e-12)


def test_the_weighted_likelihood_equations_hold() -> None:
    rng = np.random.default_rng(1)
    margin, weight = rng.normal(-2, 1, 2000), rng.uniform(0.1, 3.0, 2000)
    y = (rng.random(2000) < 1 / (1 + np.exp(-0.5 - 0.7 * margin))).astype(float)
    intercept, slope = fit_line(margin, y, weight, kind="binary")
    gap = weight * (y - 1 / (1 + np.exp(-intercept - slope * margin)))
    np.testing.assert_allclose([gap.sum(), gap @ margin], 0.0, atol=1e-6)

"""Knots rise strictly, keep the sums and do not rest on a handful of rows."""

from __future__ import annotations

import numpy as np

from riskkit.risk.isotonic import fit_knots


def test_adjacent_violators_are_pooled_by_weight() -> None:
    # 0.6 then 0.2 violates: pooled with weights 1 and 3 into (0.6 + 3 * 0.2) / 4 = 0.3 at (0.1 + 3 * 0.2) / 4 = 0.175
    x, y = fit_knots(np.array([0.1, 0.2, 0.9]), np.array([0.6, 0.2, 0.8]), np.array([1.0, 3.0, 1.0]))
    np.testing.assert_allclose(x, [0.175, 0.9])
    np.testing.assert_allclose(y, [0.3, 0.8])


def test_a_block_without_events_is_pooled_with_the_next() -> None:
    # 0 and 0 and 1: no member has a probability of zero
    x, y = fit_knots(np.array([0.1, 0.2, 0.3]), np.array([0.0, 0.0, 0.6]), np.ones(3))
    np.testing.assert_allclose(x, [0.2])
    np.testing.assert_allclose(y, [0.2])


def test_a_block_of_events_alone_is_pooled_with_the_one_before() -> None:
    x, y = fit_knots(np.array([0.1, 0.2, 0.3]), np.array([0.2, 0.4, 1.0]), np.ones(3), upper=1.0)
    np.testing.assert_allclose(x, [0.1, 0.25])
    np.testing.assert_allclose(y, [0.2, 0.7])


def test_every_block_holds_one_percent_of_the_weight_and_the_sums_stay() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(5000)
    observed = (rng.random(5000) < p).astype(float)
    x, y = fit_knots(p, observed, np.ones(5000), upper=1.0)
    assert len(x) <= 100
    assert (np.diff(x) > 0).all()
    assert (np.diff(y) > 0).all()
    assert 0 < y[0]
    assert y[-1] < 1


def test_a_prediction_that_ranks_nothing_gives_one_knot() -> None:
    x, y = fit_knots(np.full(4, 0.3), np.array([0.0, 1.0, 0.0, 1.0]), np.ones(4), upper=1.0)
    np.testing.assert_allclose((x[0], y[0]), (0.3, 0.5))
    assert len(x) == 1

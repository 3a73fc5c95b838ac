"""Cells are believed as far as their volume outweighs the noise, and no further."""

from __future__ import annotations

import numpy as np

from riskkit.risk.credibility import compute_cell_ratios


def test_cells_that_differ_by_chance_alone_are_left_alone() -> None:
    # 10 and 10 events where 10 were expected: nothing varies beyond the noise
    found = compute_cell_ratios(np.full(200, 0.1), np.tile(np.repeat([1.0, 0.0], [10, 90]), 2), np.repeat([0, 1], 100))
    assert found.credibility.tolist() == [0.0, 0.0]
    assert found.factor.tolist() == [1.0, 1.0]


def test_a_larger_cell_is_believed_more() -> None:
    rng = np.random.default_rng(0)
    cells = np.repeat([0, 1, 2, 3], [200, 2000, 4000, 4000])
    rate = np.array([0.3, 0.3, 0.1, 0.1])[cells]
    found = compute_cell_ratios(np.full(len(cells), 0.15), (rng.random(len(cells)) < rate).astype(float), cells)
    assert 0 < found.credibility[0] < found.credibility[1] < 1
    # shrunk: between the cell's own ratio and 1
    assert (np.abs(found.factor - 1) < np.abs(found.ratio - 1)).all()


def test_one_dear_member_makes_every_cell_less_credible() -> None:
    rng = np.random.default_rng(1)
    cells = np.repeat([0, 1], 500)
    cost = rng.gamma(1.0, 100.0, 1000) * np.where(cells == 0, 1.3, 0.7)
    calm = compute_cell_ratios(np.full(1000, 100.0), cost, cells)
    cost[0] = 30_000.0
    wild = compute_cell_ratios(np.full(1000, 100.0), cost, cells)
    assert wild.credibility.max() < calm.credibility.min()


def test_rows_of_one_person_are_one_experience() -> None:
    # each person four times over: the same ratios, twice the standard error that independent rows would have
    rng = np.random.default_rng(2)
    observed = np.repeat((rng.random(500) < 0.2).astype(float), 4)
    cells, persons = np.repeat(rng.integers(0, 5, 500), 4), np.repeat(np.arange(500), 4)
    alone = compute_cell_ratios(np.full(2000, 0.2), observed, cells)
    together = compute_cell_ratios(np.full(2000, 0.2), observed, cells, persons)
    np.testing.assert_allclose(together.error, 2 * alone.error, rtol=1e-12)
    np.testing.assert_array_equal(together.ratio, alone.ratio)


def test_a_cell_without_expectation_has_no_factor_of_its_own() -> None:
    found = compute_cell_ratios(np.array([1.0, 1.0, 0.0]), np.array([1.5, 0.5, 0.0]), np.array([0, 1, 2]))
    assert (found.ratio[2], found.factor[2]) == (1.0, 1.0)

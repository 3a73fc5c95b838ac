"""The bootstrap draws persons with all their rows, the same draw for every statistic."""

from __future__ import annotations

import numpy as np

from riskkit.evaluation.calibration import weighted_oe_ratio
from riskkit.evaluation.intervals import (
    bootstrap_statistics,
    bootstrap_sums,
    compute_percentiles,
    divide,
    draw_person_counts,
)
from riskkit.evaluation.sample import make_sample


def test_the_draw_does_not_depend_on_the_batch() -> None:
    one = np.concatenate(list(draw_person_counts(7, 5, seed=3, batch=1)))
    five = np.concatenate(list(draw_person_counts(7, 5, seed=3, batch=5)))
    np.testing.assert_array_equal(one, five)
    assert (one.sum(axis=1) == 7).all()


def test_copies_of_a_persons_rows_do_not_narrow_the_interval() -> None:
    # Doubling every row doubles numerator and denominator of each replicate alike.
    rng = np.random.default_rng(0)
    y, f, person = rng.random(60), rng.random(60), np.arange(60)
    options = {"n_bootstrap": 100, "seed": 1}
    once = bootstrap_statistics(make_sample(y, f, groups=person, kind="cost"), {"oe": weighted_oe_ratio}, **options)
    doubled = make_sample(np.tile(y, 2), np.tile(f, 2), groups=np.tile(person, 2), kind="cost")
    twice = bootstrap_statistics(doubled, {"oe": weighted_oe_ratio}, **options)
    np.testing.assert_allclose(once[["value", "low", "high"]], twice[["value", "low", "high"]])


def test_sums_by_person_equal_sums_by_row() -> None:
    columns = np.arange(12.0).reshape(6, 2)
    persons = np.array([0, 1, 0, 2, 1, 2])
    counts = np.concatenate(list(draw_person_counts(3, 4, seed=0, batch=4)))
    expected = counts[:, persons] @ columns
    np.testing.assert_allclose(bootstrap_sums(columns, persons, 3, n_bootstrap=4, seed=0), expected)


def test_no_replicates_leave_the_interval_missing() -> None:
    table = bootstrap_statistics(
        make_sample([0, 1], [0.5, 0.5], kind="binary"), {"oe": weighted_oe_ratio}, n_bootstrap=0, seed=0
    )
    assert table["value"].item() == 1.0
    assert table[["low", "high"]].isna().all(axis=None)


def test_percentiles_pass_over_undefined_replicates() -> None:
    low, high = compute_percentiles(np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]]))
    # 2.5% and 97.5% of (1, 3): 1 + .025 * 2 and 1 + .975 * 2
    np.testing.assert_allclose(low, [1.05, np.nan])
    np.testing.assert_allclose(high, [2.95, np.nan])


def test_division_by_nothing_is_missing() -> None:
    np.testing.assert_array_equal(divide(np.array([[1.0], [2.0]]), np.array([[2.0], [0.0]])), [[0.5], [np.nan]])

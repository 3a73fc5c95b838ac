"""The factor is put where the rounded rates come nearest to the budget, and what is left is stated."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.rates.tie import describe_tie, tie_to_budget


def test_rounding_is_tied_to_the_budget_where_a_step_meets_it() -> None:
    # 100.49999999 and 100.4 round to 200; a hair more takes the first over the half, and 201 is met.
    rates = np.array([100.49999999, 100.4])
    factor = tie_to_budget(1.0, lambda trial: float(np.rint(trial * rates).sum()), 201)
    assert np.rint(factor * rates).tolist() == [101.0, 100.0]


def test_the_factor_moves_as_far_as_the_rates_at_the_floor_ask_for() -> None:
    # Two at a floor of 200 and one at 100.2: 500; to meet 501, the third has to pass 100.5, 0.3% away.
    rates = np.array([10.0, 10.0, 100.2])
    factor = tie_to_budget(1.0, lambda trial: float(np.rint(np.clip(trial * rates, 200, None)).sum() - 100), 500)
    assert factor == 1.0
    third = np.array([200.0, 200.0, 0.0])
    factor = tie_to_budget(1.0, lambda trial: float((third + np.rint(trial * np.array([0, 0, 100.2]))).sum()), 501)
    assert factor == pytest.approx(100.5 / 100.2, rel=1e-9)


def test_where_no_step_meets_the_budget_the_nearest_is_taken() -> None:
    # Three equal rates of 100.4 move together: 300 or 303; 302 is nearer to 303, 301 to 300.
    def total(trial: float) -> float:
        return 3.0 * round(100.4 * trial)

    assert total(tie_to_budget(1.0, total, 302)) == 303.0
    assert tie_to_budget(1.0, total, 301) == 1.0


def test_a_sum_that_no_factor_moves_keeps_its_factor() -> None:
    assert tie_to_budget(0.9, lambda _: 300.0, 302) == 0.9


@pytest.mark.parametrize(("due", "ties"), [(100.5, True), (99.5, True), (100.6, False), (97.0, False)])
def test_a_tie_is_half_a_minor_unit(due: float, ties: bool) -> None:
    said = describe_tie(due, 100, different_rates=7)
    assert said["rates_tie"] is ties
    assert said["rate_due_difference_minor"] == pytest.approx(due - 100)
    assert (said["rate_due_minor"], said["different_rates"]) == (due, 7)

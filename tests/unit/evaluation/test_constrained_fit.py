"""Paying a group what it costs: exact, partial, and what it does to the rest."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation.constrained_fit import compute_constrained_payment, compute_price_of_fixing


@pytest.fixture(scope="module")
def case() -> tuple[np.ndarray, ...]:
    """20,000 members; a group of a fifth costs more than its risk score says, and cannot be paid on itself."""
    rng = np.random.default_rng(11)
    group = rng.random(20_000) < 0.2
    score = rng.gamma(2, 0.5, 20_000) + 0.5 * group
    cost = 6_000 * score + 1_800 * group + rng.gamma(1, 1_500, 20_000)
    weight = rng.choice([0.5, 1.0], 20_000)
    return np.column_stack([np.ones(20_000), score]), cost, weight, group


def net(case: tuple[np.ndarray, ...], theta: float, *, keep_total: bool) -> tuple[float, float]:
    design, cost, weight, group = case
    paid = compute_constrained_payment(design, cost, weight, group, theta=theta, keep_total=keep_total)
    inside = weight * group
    return float(inside @ (paid - cost) / inside.sum()), float(weight @ (paid - cost) / weight.sum())


def test_the_shape_of_the_methods_case(case: tuple[np.ndarray, ...]) -> None:
    # METHODS 6: OLS under-pays the group; the group's row alone closes the gap and overpays per head; with the overall
    # row both are 0, and R2 pays for it
    design, cost, weight, group = case
    table = compute_price_of_fixing(design, cost, weight, group, [1.0]).set_index(["keeps_total", "theta"])
    plain, alone, both = table.loc[(True, 0.0)], table.loc[(False, 1.0)], table.loc[(True, 1.0)]
    assert plain["group_net_compensation"] < -500
    assert plain["overall_net_compensation"] == pytest.approx(0, abs=1e-6)
    assert alone["group_net_compensation"] == pytest.approx(0, abs=1e-6)
    assert alone["overall_net_compensation"] > 100
    assert both["group_net_compensation"] == pytest.approx(0, abs=1e-6)
    assert both["overall_net_compensation"] == pytest.approx(0, abs=1e-6)
    assert both["r2"] < alone["r2"] < plain["r2"]


@pytest.mark.parametrize("theta", [0.2, 0.4, 0.6, 0.8, 1.0])
def test_theta_closes_that_part_of_the_gap_and_the_total_stays(theta: float, case: tuple[np.ndarray, ...]) -> None:
    open_gap, _ = net(case, 0.0, keep_total=True)
    left, overall = net(case, theta, keep_total=True)
    assert left == pytest.approx((1 - theta) * open_gap, abs=1e-6)
    assert overall == pytest.approx(0, abs=1e-6)


def test_no_constraint_is_least_squares(case: tuple[np.ndarray, ...]) -> None:
    design, cost, weight, group = case
    root = np.sqrt(weight)
    oracle = design @ np.linalg.lstsq(design * root[:, None], cost * root, rcond=None)[0]
    paid = compute_constrained_payment(design, cost, weight, group, theta=0.0)
    assert np.abs(paid - oracle).max() < 1e-6


def test_a_group_that_the_design_cannot_tell_from_the_whole_is_refused(case: tuple[np.ndarray, ...]) -> None:
    design, cost, weight, group = case
    with pytest.raises(DataContractError, match="cannot be told from the whole"):
        compute_constrained_payment(design[:, :1], cost, weight, group, theta=1.0)


def test_predictable_profit_or_loss_is_summed_over_the_partition(case: tuple[np.ndarray, ...]) -> None:
    design, cost, weight, group = case
    table = compute_price_of_fixing(design, cost, weight, group, [1.0]).set_index(["keeps_total", "theta"])
    share = float(weight[group].sum() / weight.sum())
    for row in table.itertuples():
        # two groups: share x |NC| of each
        expected = share * abs(row.group_net_compensation) + (1 - share) * abs(row.rest_net_compensation)
        assert row.mapl == pytest.approx(expected)
    # with the overall mean held, closing the gap of one of two groups closes that of the other: nothing is left
    assert table.loc[(True, 1.0), "mapl"] == pytest.approx(0, abs=1e-6)
    thirds = np.arange(len(cost)) % 3
    other = compute_price_of_fixing(design, cost, weight, group, [1.0], partition=thirds)
    assert other["mapl"].iloc[0] != pytest.approx(table["mapl"].iloc[0])

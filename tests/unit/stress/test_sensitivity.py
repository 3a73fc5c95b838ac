"""The tornado moves one number at a time; the breaking trend is the smallest that reaches the probability."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.stress.model import make_model
from riskkit.stress.projection import compute_fund_flows
from riskkit.stress.reading import change_number, read_stress_policy
from riskkit.stress.sensitivity import compute_tornado, find_breaking_trend
from riskkit.stress.simulation import simulate
from tests.stress_policies import BASE, make_policy

POLICY = read_stress_policy(BASE)


def test_the_breaking_trend_is_the_quantile_of_what_each_path_bears() -> None:
    found = find_breaking_trend(POLICY, 300, 0)
    model = make_model(POLICY)
    growth = compute_fund_flows(model, simulate({"a": model}, 300, 0)["a"]).growth
    # A trend m multiplies each path's growth factors by (1 + m) / 1.03, so path p is breached from
    # 1.03 x 1.05 / max(1 + growth) - 1 on; half of the paths are at the 150th smallest.
    bears = np.sort(1.03 * 1.05 / (1 + growth.max(axis=1)) - 1)
    assert found["trend"] == pytest.approx(bears[149], abs=1e-5)
    assert found["reached"] == 0.5


def test_a_trend_out_of_range_is_said() -> None:
    low = make_policy(reverse__lowest=0.2, reverse__highest=0.3)
    assert find_breaking_trend(low, 200, 0)["note"] == "the breach is as likely as asked even at the lowest trend"
    high = make_policy(reverse__lowest=-0.5, reverse__highest=-0.4)
    found = find_breaking_trend(high, 200, 0)
    assert (found["trend"], found["note"]) == (None, "the breach is less likely than asked even at the highest trend")


def test_the_tornado_is_one_number_at_a_time_on_the_same_paths() -> None:
    told: list[str] = []
    rows = compute_tornado(POLICY, 200, 0, progress=lambda what, _done, _total: told.append(what))
    assert set(rows["number"]) == {swing.number for swing in POLICY.tornado}
    assert (rows["reach"].diff().dropna() <= 0).all()
    assert set(told) == {"move one number at a time"}
    row = rows.set_index("number").loc["trend.mean"]
    moved = make_model(change_number(POLICY, "trend.mean", row["high"]))
    flows = compute_fund_flows(moved, simulate({"a": moved}, 200, 0)["a"])
    assert row["reserve_high"] == flows.reserve[:, -1].mean()
    assert row["breach_high"] == (flows.growth > 0.05).mean()


def test_income_moves_no_breach_and_a_higher_trend_makes_more() -> None:
    rows = compute_tornado(POLICY, 200, 0).set_index("number")
    assert rows.loc["fund.income_growth", "breach_low"] == rows.loc["fund.income_growth", "breach_high"]
    assert rows.loc["trend.mean", "breach_low"] < rows.loc["trend.mean", "breach_high"]


def test_no_swings_no_tornado() -> None:
    assert compute_tornado(make_policy(), 10, 0).empty

"""Two policies on the same luck: differences are of paths, and sharper than those of independent runs."""

from __future__ import annotations

import pytest

from riskkit.stress.comparison import compare_policies
from riskkit.stress.model import make_model
from riskkit.stress.projection import compute_fund_flows
from riskkit.stress.reading import change_number, read_stress_policy
from riskkit.stress.simulation import simulate
from tests.stress_policies import BASE

BASE_MODEL = make_model(read_stress_policy(BASE))
RICHER = make_model(change_number(BASE_MODEL.policy, "fund.income", 7000.0))
RUNS = {
    name: (model, compute_fund_flows(model, projection))
    for (name, projection), model in zip(
        simulate({"a": BASE_MODEL, "b": RICHER}, 400, 0).items(), (BASE_MODEL, RICHER), strict=True
    )
}


def test_a_policy_does_not_differ_from_itself() -> None:
    rows = compare_policies(RUNS["a"], RUNS["a"])
    assert not rows[["difference", "low", "high", "variance_ratio"]].to_numpy().any()


def test_more_income_moves_the_reserve_by_its_sum_and_nothing_else() -> None:
    rows = compare_policies(RUNS["a"], RUNS["b"]).set_index("figure")
    # 100 more per member year, growing by 3% from the first year on.
    members = RUNS["a"][1].members.mean(axis=0)
    expected = sum(100 * 1.03 ** (year + 1) * held for year, held in enumerate(members))
    assert rows.loc["closing_reserve_amount", "difference"] == pytest.approx(expected)
    assert rows.loc["cost_amount", "difference"] == 0
    assert rows.loc["breach_ever", "difference"] == 0


def test_common_numbers_make_the_difference_sharper() -> None:
    row = compare_policies(RUNS["a"], RUNS["b"]).set_index("figure").loc["closing_reserve_amount"]
    assert row["variance_ratio"] < 0.01
    assert row["low"] < row["difference"] < row["high"]

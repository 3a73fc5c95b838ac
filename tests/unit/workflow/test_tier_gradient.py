"""What happened in each tier, whether it rises, and what the tier cost."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from riskkit.tiers.gradient import compute_gradient
from riskkit.workflow.tier_gradient import judge_gradient, spend_of, summarise_tiers
from riskkit.workflow.training import Training

ORDER = ["low", "medium", "high"]


def make_rows(*tiers: tuple[str, float, float, float]) -> list[dict[str, object]]:
    return [
        {"tier": name, "members": 50, "observed_rate": {"value": value, "low": low, "high": high}}
        for name, value, low, high in tiers
    ]


def test_the_rate_of_a_tier_is_weighted_and_its_interval_follows_persons() -> None:
    rated = pd.DataFrame(
        {
            "person_id": ["A", "B", "C", "D", "E"],
            "risk_tier": ["high", "high", "high", "low", "low"],
            "package": ["advanced"] * 3 + ["basic"] * 2,
            "observed": [1.0, 0.0, 1.0, 0.0, 0.0],
            "predicted": [0.6, 0.4, 0.5, 0.1, 0.3],
            "weight": [1.0, 1.0, 2.0, 1.0, 3.0],
        }
    )
    summary = summarise_tiers(rated, "admission", "three_level")
    low, high = summary["rows"]
    assert (low["tier"], low["members"], low["share"]) == ("low", 2, 0.4)
    # (0.1 x 1 + 0.3 x 3) / 4
    assert low["mean_risk"] == pytest.approx(0.25)
    # no event: weights 1 and 3 are worth (1 + 3)^2 / (1 + 9) = 1.6 members; Wilson 0 to z^2 / (1.6 + z^2)
    square = 1.959964**2
    assert low["observed_rate"] == pytest.approx({"value": 0.0, "low": 0.0, "high": square / (1.6 + square)})
    # (1 x 1 + 0 x 1 + 1 x 2) / 4 = .75. Residuals x weights .25, -.75, .5: variance (.0625 + .5625 + .25) / 16, which
    # .75 x .25 / n has at n = 3.4286. Wilson: (.75 + 1.12043 / 2 -+ 1.95996 sqrt(.0546875 + .0816980)) / 2.12043
    assert high["observed_rate"] == pytest.approx({"value": 0.75, "low": 0.27654, "high": 0.95926}, abs=1e-4)


def test_two_rows_of_one_person_are_one_piece_of_evidence() -> None:
    rows = {
        "risk_tier": "high",
        "package": "advanced",
        "predicted": 0.5,
        "weight": 1.0,
        "observed": [1.0, 1.0, 0.0, 0.0],
    }
    apart = pd.DataFrame({"person_id": ["A", "B", "C", "D"], **rows})
    twice = apart.assign(person_id=["A", "A", "B", "B"])
    widths = [
        summarise_tiers(frame, "admission", "x")["rows"][0]["observed_rate"]["high"] - 0.5 for frame in (apart, twice)
    ]
    # Residuals .5, .5, -.5, -.5: four members; by person 1 and -1, worth .25 / (2 / 16) = 2. At one half Wilson's
    # interval is .5 -+ z / (2 sqrt(n + z^2)).
    z = 1.959964
    assert widths == pytest.approx([z / (2 * math.sqrt(n + z**2)) for n in (4, 2)])


def test_an_amount_has_the_interval_of_its_mean() -> None:
    rated = pd.DataFrame(
        {"person_id": ["A", "B"], "risk_tier": "high", "package": "advanced", "predicted": 1.0, "weight": 1.0}
    ).assign(observed=[100.0, 300.0])
    # mean 200; residuals 100 and -100: error sqrt(20,000) / 2 = 70.711
    found = summarise_tiers(rated, "next_year_cost", "x")["rows"][0]["observed_rate"]
    assert found == pytest.approx({"value": 200.0, "low": 200 - 1.96 * 70.711, "high": 200 + 1.96 * 70.711}, rel=1e-4)


def test_the_interval_of_whole_members_is_that_of_the_tier_gradient() -> None:
    # 3 of 12
    rated = pd.DataFrame(
        {"person_id": [f"P{n}" for n in range(12)], "risk_tier": "high", "package": "advanced", "predicted": 0.2}
    ).assign(weight=1.0, observed=[1.0] * 3 + [0.0] * 9)
    found = summarise_tiers(rated, "admission", "x")["rows"][0]["observed_rate"]
    same = compute_gradient(rated, ["high"]).iloc[0]
    assert (found["low"], found["high"]) == pytest.approx((same["low"], same["high"]))


def test_the_share_of_the_cost_is_that_of_the_money_spent_and_unknown_where_there_is_none() -> None:
    rated = pd.DataFrame(
        {
            "person_id": ["A", "B", "C", "D"],
            "risk_tier": ["high", "high", "low", "low"],
            "package": ["advanced", "advanced", "basic", "basic"],
            "observed": [1.0, 0.0, 0.0, 0.0],
            "predicted": [0.6, 0.4, 0.1, 0.1],
            "weight": 1.0,
            "spent": [500.0, 100.0, 200.0, float("nan")],
        }
    )
    found = summarise_tiers(rated, "admission", "x", order=["low", "high"], cost="next_year_cost")
    # 200 and 600 of 800; the fourth member's money is not known
    assert [row["cost_share"] for row in found["rows"]] == [0.25, 0.75]
    assert (found["cost_outcome"], found["gradient"]) == ("next_year_cost", "increasing")
    without = summarise_tiers(rated.drop(columns="spent"), "admission", "x", order=["low", "high"], cost="cost")
    assert [row["cost_share"] for row in without["rows"]] == [None, None]
    assert without["cost_outcome"] is None


def test_the_gradient_is_judged_in_the_order_of_the_policy() -> None:
    rising = make_rows(("low", 0.1, 0.05, 0.15), ("medium", 0.2, 0.16, 0.24), ("high", 0.3, 0.25, 0.35))
    assert judge_gradient(rising, ORDER) == "separated"
    # the rates rise by predicted risk, but the policy calls the second of them its lowest tier
    assert judge_gradient(rising, ["medium", "low", "high"]) == "not increasing"
    overlapping = make_rows(("low", 0.1, 0.05, 0.17), ("medium", 0.2, 0.16, 0.24), ("high", 0.3, 0.25, 0.35))
    assert judge_gradient(overlapping, ORDER) == "increasing"
    assert judge_gradient(make_rows(("low", 0.2, 0.1, 0.3), ("high", 0.2, 0.1, 0.3)), ORDER) == "not increasing"


def test_members_without_a_tier_and_a_tier_without_an_event_separate_nothing() -> None:
    rows = make_rows(("unassessed", 0.9, 0.8, 1.0), ("low", 0.0, 0.0, 0.0), ("high", 0.3, 0.25, 0.35))
    assert judge_gradient(rows, ORDER) == "increasing"
    assert judge_gradient(rows[:2], ORDER) is None


def test_the_cost_that_is_rated_goes_before_another(training: Training) -> None:
    name, spent = spend_of(training.trained, "payment_cost")
    assert name == "payment_cost"
    rows = training.trained["payment_cost"].predictions
    # observed is money per year and weight is years
    assert spent["spent"].sum() == pytest.approx((rows["observed"] * rows["weight"]).sum())
    assert spend_of(training.trained, None)[0] == "payment_cost"
    name, none = spend_of({"admission": training.trained["admission"]}, "payment_cost")
    assert (name, len(none)) == (None, 0)


def test_the_tiers_of_a_training_have_a_gradient_and_shares_of_the_cost_that_sum_to_one(training: Training) -> None:
    tiers = training.summary["tiers"]
    assert tiers["gradient"] in {"separated", "increasing", "not increasing"}
    assert tiers["cost_outcome"] == "payment_cost"
    assert sum(row["cost_share"] for row in tiers["rows"]) == pytest.approx(1)

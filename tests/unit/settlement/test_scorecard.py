"""Scorecards: outcomes weigh enough, points follow targets, what is too small to score goes to the rest."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from riskkit.data.presets import find_presets
from riskkit.policy import read_policy
from riskkit.settlement.scorecard import score_teams, spread_measures
from riskkit.settlement.scorecard_policy import Scorecard
from tests.unit.settlement.conftest import number


def indicator(points: float, dimension: str = "outcome", **change: Any) -> dict[str, Any]:
    return {
        "title": "A",
        "title_zh": "甲",
        "dimension": dimension,
        "assessor": "payer",
        "points": number(points),
        "target": number(0.9),
        "floor": number(0.5),
        "measure": {"kind": "reported"},
        **change,
    }


def make_scorecard(indicators: dict[str, Any], **change: Any) -> Scorecard:
    values = {
        "name": "test",
        "title": "Test",
        "title_zh": "测试",
        "reference": "test",
        "effective": "2025-01-01",
        "full_points": number(100),
        "least_outcome_share": number(0.5),
        "least_denominator": number(30),
        "least_days": number(180),
        "small_teams": "wilson",
        "confidence": number(0.95),
        "indicators": indicators,
        **change,
    }
    return Scorecard.model_validate(values)


def rows(*items: tuple[str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(items, columns=["team_id", "indicator", "numerator", "denominator"])


def test_outcomes_must_weigh_at_least_half() -> None:
    make_scorecard({"a": indicator(50), "b": indicator(50, "process")})
    with pytest.raises(ValidationError, match=r"outcomes must weigh at least 50% of the points, got 49.0%"):
        make_scorecard({"a": indicator(49), "b": indicator(51, "process")})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        # METHODS 7: outcome weights of half or more, denominators of 30 and more
        ({"least_outcome_share": number(0.49)}, "least_outcome_share must lie in 0.5 to 1, got 0.49"),
        ({"least_outcome_share": number(-1)}, "least_outcome_share must lie in 0.5 to 1, got -1"),
        ({"least_outcome_share": number(9.99)}, "least_outcome_share must lie in 0.5 to 1, got 9.99"),
        ({"least_denominator": number(29)}, "least_denominator must be 30 or more, got 29"),
    ],
)
def test_a_scorecard_cannot_lower_the_floors_of_the_method(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make_scorecard({"a": indicator(100)}, **change)


def test_points_must_sum_to_the_full_ones() -> None:
    with pytest.raises(ValidationError, match="points must sum to 100, got 90"):
        make_scorecard({"a": indicator(90)})


def test_precision_metrics_must_weigh_what_the_scorecard_asks_for() -> None:
    fifth = {"least_precision_share": number(0.2)}
    make_scorecard({"a": indicator(80), "b": indicator(20, "process", precision=True)}, **fifth)
    with pytest.raises(ValidationError, match=r"precision metrics must weigh at least 20% of the points, got 19.0%"):
        make_scorecard({"a": indicator(81), "b": indicator(19, "process", precision=True)}, **fifth)


def test_the_weight_of_precision_is_that_of_what_was_measured() -> None:
    card = make_scorecard({"a": indicator(80), "b": indicator(20, "process", precision=True)})
    measured = rows(("T", "a", 700, 1000), ("T", "b", 900, 1000), ("U", "a", 700, 1000), ("U", "b", 0, 0))
    lines, _ = score_teams(card, measured)
    spread = spread_measures(card, lines).set_index("team_id")
    # U names the indicator and does not measure it, so its points are a's and precision weighs nothing
    assert spread["precision_weight"].to_dict() == pytest.approx({"T": 0.2, "U": 0.0})
    assert spread["a_rate"].to_dict() == pytest.approx({"T": 0.7, "U": 0.7})
    assert spread["b_rate"].to_dict() == pytest.approx({"T": 0.9, "U": float("nan")}, nan_ok=True)


def test_the_shipped_scorecards_hold_to_the_rules_they_are_named_for() -> None:
    folder = find_presets() / "models" / "settlement" / "scorecards"
    cards = {path.stem: read_policy(path, Scorecard) for path in folder.glob("*.toml")}
    # N14: 1,000 points, 200 of them for first contact; N11: half for outcomes; N19: a fifth for precision
    points = {name: line.points.value for name, line in cards["thousand_points"].indicators.items()}
    assert points["first_contact"] == 200
    assert sum(points.values()) == 1000
    assert all(card.least_outcome_share.value == 0.5 for card in cards.values())
    precise = [line.points.value for line in cards["precision"].indicators.values() if line.precision]
    assert sum(precise) >= 0.2 * cards["precision"].full_points.value


def test_a_target_must_differ_from_its_floor() -> None:
    with pytest.raises(ValidationError, match="target and floor must differ"):
        make_scorecard({"a": indicator(100, floor=number(0.9))})


def test_points_rise_from_floor_to_target_and_lower_can_be_better() -> None:
    # one team is the book: 700 of 1,000 is halfway from 50% to 90%; 10% is three quarters of the way from 25% to 5%
    scorecard = make_scorecard({"a": indicator(60), "b": indicator(40, target=number(0.05), floor=number(0.25))})
    lines, teams = score_teams(scorecard, rows(("T", "a", 700, 1000), ("T", "b", 100, 1000)))
    assert lines["points"].tolist() == pytest.approx([30.0, 30.0])
    assert teams["quality"].tolist() == pytest.approx([60.0])


def test_a_denominator_too_small_gives_its_points_to_the_rest() -> None:
    scorecard = make_scorecard({"a": indicator(60), "b": indicator(40, "process")})
    lines, teams = score_teams(scorecard, rows(("T", "a", 700, 1000), ("T", "b", 0, 29)))
    assert lines["full_points"].tolist() == pytest.approx([100.0, 0.0])
    assert teams["quality"].tolist() == pytest.approx([50.0])
    assert teams["scored_indicators"].tolist() == [1]


def test_a_team_that_nothing_is_known_of_has_no_score() -> None:
    scorecard = make_scorecard({"a": indicator(100)})
    _, teams = score_teams(scorecard, rows(("T", "a", 0, 0), ("U", "a", 90, 100)))
    quality = teams.set_index("team_id")["quality"].to_dict()
    assert quality == pytest.approx({"T": float("nan"), "U": 100.0}, nan_ok=True)


def test_dropped_points_stay_in_their_dimension_so_that_outcomes_keep_half() -> None:
    card = make_scorecard(
        {"a": indicator(10), "b": indicator(40), "c": indicator(30, "process"), "d": indicator(20, "process")}
    )
    measured = rows(("T", "a", 700, 1000), ("T", "b", 0, 29), ("T", "c", 900, 1000), ("T", "d", 0, 29))
    lines, teams = score_teams(card, measured)
    # 10 of 40 points would be outcomes' in proportion to all; a takes b's 40, c takes d's 20: 50 x .5 + 50 = 75
    assert lines["full_points"].tolist() == pytest.approx([50.0, 0.0, 50.0, 0.0])
    assert teams["quality"].tolist() == pytest.approx([75.0])


def test_a_team_without_a_scored_outcome_has_no_score() -> None:
    card = make_scorecard({"a": indicator(60), "b": indicator(40, "process")})
    lines, teams = score_teams(card, rows(("T", "a", 0, 29), ("T", "b", 900, 1000)))
    assert lines["full_points"].tolist() == [0.0, 0.0]
    assert teams["quality"].isna().all()


@pytest.mark.parametrize("method", ["wilson", "credibility"])
def test_a_small_team_neither_wins_nor_loses_by_luck(method: str) -> None:
    # the book stands at 70%; 30 of 40 and 26 of 40 are no news
    scorecard = make_scorecard({"a": indicator(100)}, small_teams=method)
    measured = rows(("L", "a", 7000, 10000), ("S", "a", 30, 40), ("U", "a", 26, 40))
    lines, _ = score_teams(scorecard, measured)
    assert lines["scored_rate"].tolist() == pytest.approx([0.7] * 3, abs=0.002)


def test_points_are_summed_by_dimension_and_assessor() -> None:
    lines = {"a": indicator(60), "b": indicator(40, "process", assessor="patients")}
    _, teams = score_teams(make_scorecard(lines), rows(("T", "a", 900, 1000), ("T", "b", 700, 1000)))
    assert teams[["outcome_points", "process_points"]].iloc[0].tolist() == pytest.approx([60.0, 20.0])
    assert teams[["payer_points", "patients_points"]].iloc[0].tolist() == pytest.approx([60.0, 20.0])

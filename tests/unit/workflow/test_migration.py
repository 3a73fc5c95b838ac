"""Where last year's members stand now, and what happened to them since."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from riskkit.tiers.final import TierHistory
from riskkit.workflow.migration import summarise_migration
from riskkit.workflow.training import Training

DAY, LAST = pd.Timestamp("2025-01-01"), pd.Timestamp("2024-01-01")


def make_tiers(day: pd.Timestamp, **tiers: str) -> pd.DataFrame:
    return pd.DataFrame({"person_id": list(tiers), "index_date": day, "risk_tier": list(tiers.values())})


def test_who_stays_moves_enters_leaves_and_dies_is_counted(training: Training) -> None:
    before = make_tiers(LAST, A="low", B="low", C="high", D="medium", E="high", F="high")
    today = make_tiers(DAY, A="low", B="medium", C="high", G="low").assign(
        tier_reason=["predicted_risk", "other_complication", "predicted_risk", "predicted_risk"]
    )
    # E died in the year between; F on the index date itself, so not before it
    deaths = pd.DataFrame({"person_id": ["E", "F"], "death_date": [pd.Timestamp("2024-06-01"), DAY]})
    found = summarise_migration(replace(training, deaths=deaths), today, TierHistory(before))
    assert found is not None
    rows = {row["last_tier"]: row for row in found["rows"]}
    assert {name: row["members"] for name, row in rows.items()} == {"low": 2, "medium": 1, "high": 3, "entered": 1}
    assert rows["low"]["now"] == {"low": 1, "medium": 1, "high": 0, "left": 0, "died": 0}
    assert rows["high"]["now"] == {"low": 0, "medium": 0, "high": 1, "left": 1, "died": 1}
    assert rows["entered"]["now"]["low"] == 1
    # of A, B and C two stay; the one rise rests on a code
    assert found["stability"] == pytest.approx(2 / 3)
    assert found["coded_rises"] == 1.0
    assert found["observed"] is None  # none of these persons is in the test
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        # METHODS 5: (.5, .3, .2) -> (.4, .33, .27) is .046
        ((40, 33, 27), "stable"),
        # (.35 - .5) ln .7 + 0 + (.35 - .2) ln 1.75 = .0535 + .0839 = .137
        ((35, 30, 35), "watch"),
        # (.2 - .5) ln .4 + 0 + (.5 - .2) ln 2.5 = .2749 + .2749 = .550
        ((20, 30, 50), "act"),
    ],
)
def test_the_shift_of_the_shares_has_a_verdict(now: tuple[int, ...], verdict: str, training: Training) -> None:
    def make(day: pd.Timestamp, counts: tuple[int, ...]) -> pd.DataFrame:
        names = [name for name, count in zip(("low", "medium", "high"), counts, strict=True) for _ in range(count)]
        return make_tiers(day, **{f"P{place}": name for place, name in enumerate(names)})

    found = summarise_migration(training, make(DAY, now), TierHistory(make(LAST, (50, 30, 20))))
    assert found is not None
    assert found["psi_verdict"] == verdict
    if verdict == "stable":
        assert found["psi"] == pytest.approx(0.046, abs=5e-4)


def test_what_happened_to_last_years_tiers_is_that_of_the_test_rows(training: Training, scores: pd.DataFrame) -> None:
    test = training.trained["admission"].predictions
    # whoever was admitted had been high, whoever was not low: the rates can only be 1 and 0
    tiers = test["observed"].map({1.0: "high", 0.0: "low"})
    last = test[["person_id", "index_date"]].assign(risk_tier=tiers)
    found = summarise_migration(training, scores, TierHistory(last))
    assert found is not None
    assert found["last_index_date"] == "2024-01-01"
    observed = found["observed"]
    rates = {row["tier"]: row["observed_rate"]["value"] for row in observed["rows"]}
    assert rates == {"low": 0.0, "high": 1.0}
    assert (observed["outcome"], observed["cost_outcome"]) == ("admission", "payment_cost")
    assert sum(row["cost_share"] for row in observed["rows"]) == pytest.approx(1)


def test_without_last_tiers_the_last_index_year_is_placed_by_todays_models(
    training: Training, scores: pd.DataFrame
) -> None:
    found = summarise_migration(training, scores, TierHistory())
    assert found is not None
    assert (found["basis"], found["last_index_date"]) == ("index_years", "2024-01-01")
    assert (found["changes"], found["observed"]) == (None, None)
    year = training.year_before
    assert year is not None
    assert set(year["index_date"]) == {LAST}
    assert sum(row["members"] for row in found["rows"] if row["last_tier"] != "entered") == len(year)
    now = sum(sum(row["now"][name] for name in ("low", "medium", "high")) for row in found["rows"])
    assert now == len(scores)
    # members who died in the year are told from those who left
    died = sum(row["now"]["died"] for row in found["rows"])
    assert training.deaths is not None
    deaths = training.deaths[training.deaths["person_id"].isin(year["person_id"])]
    assert died == (deaths["death_date"] < DAY).sum() > 0


def test_without_two_years_of_tiers_or_with_several_dates_of_a_member_there_is_none(
    training: Training, scores: pd.DataFrame
) -> None:
    assert summarise_migration(replace(training, year_before=None), scores, TierHistory()) is None
    twice = pd.concat([scores, scores])
    assert summarise_migration(training, twice, TierHistory()) is None
    without = replace(training, bundle=replace(training.bundle, tiers=None))
    assert summarise_migration(without, scores, TierHistory()) is None

"""A member's answer depends on that member alone, in a batch as in a request, and a wrong request is told so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.tiers.final import TierHistory
from riskkit.workflow import score as score_module
from riskkit.workflow.explanation_files import ExplanationFiles
from riskkit.workflow.member_contributions import compute_member_contributions, quantity_of
from riskkit.workflow.rate import RatedPopulation, rate_members
from riskkit.workflow.score import (
    answer_request,
    assign_member_tiers,
    predict_outcomes,
    score_members,
)
from riskkit.workflow.training import Training
from tests.unit.workflow.conftest import Held

KEYS = ["person_id", "index_date"]


def test_a_member_alone_gets_the_answer_of_the_batch_to_the_last_bit(
    rated: RatedPopulation, members: pd.DataFrame, scores: pd.DataFrame
) -> None:
    for place in (0, 17, len(members) - 1):
        alone = score_members(rated.bundle, members.iloc[[place]])
        expected = scores.iloc[[place]].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, expected, check_exact=True)


def test_rows_come_back_in_the_order_in_which_they_were_sent(
    rated: RatedPopulation, members: pd.DataFrame, scores: pd.DataFrame
) -> None:
    order = np.random.default_rng(0).permutation(len(members))
    mixed = score_members(rated.bundle, members.iloc[order])
    pd.testing.assert_frame_equal(mixed, scores.iloc[order].reset_index(drop=True), check_exact=True)


def test_the_size_of_a_batch_changes_nothing(
    rated: RatedPopulation, members: pd.DataFrame, scores: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_module, "BATCH_ROWS", 100)
    told: list[tuple[int, int]] = []
    found = score_members(rated.bundle, members, progress=lambda what, done, total: told.append((done, total)))
    pd.testing.assert_frame_equal(found, scores, check_exact=True)
    # 656 members in batches of 100.
    assert [done for done, _ in told] == [0, 100, 200, 300, 400, 500, 600, 656]
    assert {total for _, total in told} == {656}


def test_explanations_of_every_outcome_are_written_batch_by_batch_beside_the_same_scores(
    rated: RatedPopulation,
    members: pd.DataFrame,
    scores: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(score_module, "BATCH_ROWS", 100)
    with ExplanationFiles(rated.bundle, tmp_path, ["admission", "payment_cost"]) as files:
        found = score_members(rated.bundle, members, explanations=files)
    pd.testing.assert_frame_equal(found, scores, check_exact=True)
    for outcome in ("admission", "payment_cost"):
        table = pd.read_parquet(tmp_path / outcome / "contributions.parquet")
        pd.testing.assert_frame_equal(table[KEYS], scores[KEYS])
        np.testing.assert_allclose(table.drop(columns=KEYS).sum(axis=1), scores[outcome], rtol=1e-9)
    # the reasons of the outcome that drives the rate are those of the answer
    said = pd.read_parquet(tmp_path / "payment_cost" / "reasons.parquet")
    first = json.loads(scores["reasons"].iloc[0])
    mine = said[said["person_id"] == scores["person_id"].iloc[0]]
    assert mine["rank"].tolist() == list(range(1, len(first) + 1))
    assert mine["text_zh"].tolist() == [reason["text_zh"] for reason in first]
    assert mine["amount"].tolist() == [reason["amount"] for reason in first]


def test_every_answer_has_risks_tier_rate_and_reasons(scores: pd.DataFrame) -> None:
    assert scores.columns.tolist() == [
        *KEYS,
        "admission",
        "payment_cost",
        "risk_tier",
        "tier_reason",
        "package",
        "tier_reasons",
        "relative_risk_score",
        "rate_amount",
        "rate_lines",
        "reasons",
    ]
    assert scores.notna().all(axis=None)
    assert scores["admission"].between(0, 1).all()
    assert all(len(json.loads(text)) <= 4 for text in scores["reasons"])


def test_a_bundle_without_tiers_and_rates_answers_with_risks_and_reasons(
    training: Training, members: pd.DataFrame
) -> None:
    plain = replace(training.bundle, tiers=None, rates=None)
    found = score_members(plain, members.head(3))
    assert found.columns.tolist() == [*KEYS, "admission", "payment_cost", "reasons"]


def test_a_member_that_is_sent_twice_is_refused(rated: RatedPopulation, members: pd.DataFrame) -> None:
    first = members["person_id"].iloc[0]
    with pytest.raises(DataContractError, match=rf"1 rows repeat a member \(first person_id='{first}'\)"):
        score_members(rated.bundle, members.iloc[[0, 1, 0]])


def test_one_person_at_two_dates_is_no_repeat(rated: RatedPopulation, members: pd.DataFrame) -> None:
    later = members.head(1).assign(index_date=pd.Timestamp("2026-01-01"))
    both = score_members(rated.bundle, pd.concat([later, members.head(1)]))
    assert both["index_date"].dt.year.tolist() == [2026, 2025]
    assert both["payment_cost"].iloc[0] == both["payment_cost"].iloc[1]


@pytest.mark.parametrize("column", ["person_id", "age_years"])
def test_a_missing_column_is_named(column: str, rated: RatedPopulation, members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match=rf"members: column '{column}' is missing \(1 in all\)"):
        score_members(rated.bundle, members.drop(columns=column))


def test_a_region_that_the_rates_need_and_is_not_sent_is_named(rated: RatedPopulation, members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match="'region'"):
        score_members(rated.bundle, members.drop(columns="region"))


def test_text_where_a_number_belongs_is_refused_without_repeating_it(
    rated: RatedPopulation, members: pd.DataFrame
) -> None:
    sent = members.head(2).astype({"age_years": "object"})
    sent.loc[0, "age_years"] = "sixty-one"
    with pytest.raises(DataContractError, match=r"column 'age_years' holds a value that is no number") as caught:
        score_members(rated.bundle, sent)
    assert "sixty" not in str(caught.value)


@pytest.mark.parametrize("date", ["2025-13-01", "yesterday", "2025-01-01T00:00:00Z"])
def test_a_date_that_is_none_is_refused(date: str, rated: RatedPopulation, members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match="expected YYYY-MM-DD"):
        answer_request(rated.bundle, members.head(1).assign(index_date=date))


def test_a_request_without_a_date_gets_the_same_figures_and_no_date(
    rated: RatedPopulation, members: pd.DataFrame, scores: pd.DataFrame
) -> None:
    answer = answer_request(rated.bundle, members.head(4).drop(columns="index_date"))
    pd.testing.assert_frame_equal(answer, scores.head(4).drop(columns="index_date"), check_exact=True)
    empty = answer_request(rated.bundle, members.head(4).assign(index_date=None))
    assert "index_date" not in empty


def test_a_request_with_a_date_gets_it_back_as_text(rated: RatedPopulation, members: pd.DataFrame) -> None:
    answer = answer_request(rated.bundle, members.head(2).assign(index_date="2025-03-01"))
    assert answer["index_date"].tolist() == ["2025-03-01", "2025-03-01"]


def test_a_request_may_leave_out_exposure_and_context(
    rated: RatedPopulation, members: pd.DataFrame, scores: pd.DataFrame
) -> None:
    asked = members[["person_id", "region", *rated.bundle.feature_names]].head(3)
    assert answer_request(rated.bundle, asked)["rate_amount"].tolist() == scores["rate_amount"].head(3).tolist()


def test_a_request_without_a_member_is_refused(rated: RatedPopulation, members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match="members: no row"):
        score_members(rated.bundle, members.head(0))


def test_the_members_that_are_sent_are_not_changed(rated: RatedPopulation, members: pd.DataFrame) -> None:
    sent = members.head(5)
    before = sent.copy(deep=True)
    score_members(rated.bundle, sent)
    pd.testing.assert_frame_equal(sent, before)


def test_contributions_sum_to_the_prediction_on_its_own_scale(training: Training, members: pd.DataFrame) -> None:
    few = members.head(50)
    predictions = predict_outcomes(training.bundle, few)
    for name, model in training.bundle.models.items():
        total = compute_member_contributions(model, few).drop(columns=KEYS).sum(axis=1)
        np.testing.assert_allclose(total, predictions[name], rtol=1e-9)


def test_a_risk_is_told_in_points_and_a_cost_in_the_currency_of_the_scheme(training: Training) -> None:
    models = training.bundle.models
    assert "CNY" in quantity_of(training.bundle, models["payment_cost"]).unit
    assert "CNY" not in quantity_of(training.bundle, models["admission"]).unit


def test_tiers_of_a_bundle_without_a_policy_are_refused(training: Training, members: pd.DataFrame) -> None:
    plain = replace(training.bundle, tiers=None)
    with pytest.raises(DataContractError, match="no tier policy"):
        assign_member_tiers(plain, members, predict_outcomes(plain, members))


def test_the_final_tier_is_scored_and_explained_and_the_models_own_stays_visible(
    held: Held, members: pd.DataFrame
) -> None:
    found = score_members(held.bundle, members, history=held.history)
    own = score_members(held.bundle, members)
    assert found["model_tier"].tolist() == own["risk_tier"].tolist()
    # the last member had no tier, and gets the model's
    assert set(found["risk_tier"].iloc[:-1]) == {"high"}
    assert found["risk_tier"].iloc[-1] == own["risk_tier"].iloc[-1]
    low = found[found["model_tier"] == "low"].iloc[0]
    words = "held at high, where the model says low: less than 12 months in the tier"
    assert low["tier_change"] == words
    assert json.loads(low["tier_reasons"]) == [
        {
            "rule": "minimum_stay",
            "model_tier": "low",
            "text": words,
            "text_zh": "维持高危（模型为低危）：在该级未满12个月",
        }
    ]
    # risks and their reasons are the model's; where the tier is its own, so are the reasons for the tier
    pd.testing.assert_series_equal(found["reasons"], own["reasons"])
    same = found["risk_tier"] == found["model_tier"]
    assert found.loc[same, "tier_reasons"].tolist() == own.loc[same, "tier_reasons"].tolist()


def test_a_member_alone_with_the_history_gets_the_answer_of_the_batch(
    held: Held, training: Training, members: pd.DataFrame
) -> None:
    overrides = pd.DataFrame(
        {"person_id": [members["person_id"].iloc[-1]], "risk_tier": "high", "code": "dka", "author": "Dr. Li"}
    ).assign(expiry_date=pd.Timestamp("2025-07-01"))
    history = replace(held.history, overrides=overrides)
    rated = rate_members(held.bundle, held.rates, training.rating, population="members", tier_history=history)
    batch = score_members(rated.bundle, members, history=history)
    for place in (0, len(members) - 1):
        alone = score_members(rated.bundle, members.iloc[[place]], history=history)
        pd.testing.assert_frame_equal(alone, batch.iloc[[place]].reset_index(drop=True), check_exact=True)
    # the tier table pays the high tier 15,000, by whatever way a member came there
    assert set(batch["rate_amount"]) == {15_000.0}


def test_without_a_history_nothing_is_other_than_it_was(
    rated: RatedPopulation, members: pd.DataFrame, scores: pd.DataFrame
) -> None:
    for history in (None, TierHistory()):
        found = score_members(rated.bundle, members.head(5), history=history)
        pd.testing.assert_frame_equal(found, scores.head(5), check_exact=True)


def test_a_history_needs_tiers_and_days(held: Held, members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match="an index_date is missing"):
        score_members(held.bundle, members.drop(columns="index_date"), history=held.history)
    with pytest.raises(DataContractError, match="it holds no tier policy"):
        score_members(replace(held.bundle, tiers=None), members, history=held.history)

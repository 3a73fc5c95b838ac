"""Explanations on disk add up to the predictions, and no identifier in them stands in clear."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.workflow.bundle import Bundle
from riskkit.workflow.explanation_files import ExplanationFiles
from riskkit.workflow.explanations import (
    choose_examples,
    describe_examples,
    describe_outcomes,
    find_archetypes,
    sample_rows,
)
from riskkit.workflow.rate import RatedPopulation
from riskkit.workflow.score import KEYS, score_members

KEY = b"a test key of enough bytes"


def write(bundle: Bundle, outcome: str, members: pd.DataFrame, folder: Path) -> None:
    """Score members and explain them on the way, and describe one outcome, as a retraining does."""
    with ExplanationFiles(bundle, folder, [outcome]) as files:
        score_members(bundle, members, explanations=files)
    describe_outcomes(bundle, [outcome], members, folder)


@pytest.fixture(scope="module")
def folder(rated: RatedPopulation, members: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("explanations")
    write(rated.bundle, "payment_cost", members.head(60), place)
    return place / "payment_cost"


def test_contributions_figures_and_words_are_written(folder: Path) -> None:
    figures = {
        f"{name}.png" for name in ("beeswarm", "dependence", "waterfall_low", "waterfall_medium", "waterfall_high")
    }
    texts = {"base_value.json", "reason_dictionary.json", "reasons.json"}
    tables = {"contributions.parquet", "reasons.parquet", "importance.csv"}
    assert {path.name for path in folder.iterdir()} == {*tables, *texts, *figures}
    assert all(path.stat().st_size for path in folder.iterdir())


def test_the_dictionary_has_words_in_both_languages_for_every_feature_of_the_model(
    folder: Path, rated: RatedPopulation
) -> None:
    words = json.loads((folder / "reason_dictionary.json").read_text(encoding="utf-8"))
    assert [word["feature"] for word in words] == list(rated.bundle.models["payment_cost"].feature_names)
    assert all(word["text"] and word["text_zh"] and word["group_text_zh"] for word in words)


def test_the_contributions_add_up_to_the_scores_of_the_hashed_members(folder: Path, scores: pd.DataFrame) -> None:
    table = pd.read_parquet(folder / "contributions.parquet")
    assert table["person_id"].tolist() == scores["person_id"].head(60).tolist()
    np.testing.assert_allclose(table.drop(columns=KEYS).sum(axis=1), scores["payment_cost"].head(60), rtol=1e-9)


def test_the_global_table_has_the_mean_size_of_each_feature_in_the_unit_beside_it(folder: Path) -> None:
    found = pd.read_csv(folder / "importance.csv").set_index("feature")
    table = pd.read_parquet(folder / "contributions.parquet").drop(columns=[*KEYS, "base_value"])
    np.testing.assert_allclose(found["mean_abs"], table.abs().mean().loc[found.index], rtol=1e-9)
    assert set(found["unit"]) == {"CNY a year"}


def test_the_base_value_is_that_of_every_member(folder: Path) -> None:
    base = json.loads((folder / "base_value.json").read_text(encoding="utf-8"))
    table = pd.read_parquet(folder / "contributions.parquet")
    assert base["outcome"] == "payment_cost"
    assert "CNY" in base["unit"]
    assert base["base_value"] == table["base_value"].iloc[0]


def test_the_base_value_of_a_probability_is_in_the_unit_that_stands_beside_it(
    rated: RatedPopulation, members: pd.DataFrame, tmp_path: Path
) -> None:
    (outcome,) = (name for name, model in rated.bundle.models.items() if model.spec.kind == "binary")
    write(rated.bundle, outcome, members.head(60), tmp_path)
    base = json.loads((tmp_path / outcome / "base_value.json").read_text(encoding="utf-8"))
    table = pd.read_parquet(tmp_path / outcome / "contributions.parquet")
    assert base["unit"] == "percentage points"
    # a probability of .08 is 8 percentage points
    assert base["base_value"] == pytest.approx(100 * table["base_value"].iloc[0])


def test_no_identifier_stands_in_clear(folder: Path, clear_ids: set[str]) -> None:
    assert not clear_ids & set(pd.read_parquet(folder / "contributions.parquet")["person_id"])
    reasons = (folder / "reasons.json").read_text(encoding="utf-8")
    assert not any(person in reasons for person in clear_ids)


def test_rows_are_drawn_evenly_from_first_to_last() -> None:
    assert sample_rows(pd.DataFrame({"a": range(9)}), 3).tolist() == [0, 4, 8]
    assert sample_rows(pd.DataFrame({"a": range(2)}), 3).tolist() == [0, 1]


def test_the_archetypes_have_the_median_predictions_of_each_third() -> None:
    x = [5.0, 0.0, 2.0, 4.0, 1.0, 3.0, 8.0, 6.0, 7.0]
    people = [f"P{number}" for number in range(9)]
    frame = pd.DataFrame({"person_id": people, "index_date": pd.Timestamp("2025-01-01"), "base_value": 1.0, "x": x})
    # Thirds 0 to 2, 3 to 5 and 6 to 8: medians 1, 4 and 7, at places 4, 3 and 8.
    assert find_archetypes(frame) == {"low": 4, "medium": 3, "high": 8}
    assert find_archetypes(frame.head(1)) == {"low": 0, "medium": 0, "high": 0}


def make_scores(**columns: list[object]) -> pd.DataFrame:
    people = [f"P{number}" for number in range(6)]
    risk = [0.6, 0.1, 0.5, 0.2, 0.4, 0.3]
    return pd.DataFrame({"person_id": people, "index_date": pd.Timestamp("2025-01-01"), "risk": risk, **columns})


def test_without_tiers_the_examples_are_the_middle_of_each_third() -> None:
    # Thirds by risk: (.1, .2), (.3, .4), (.5, .6); the upper one of two is the middle.
    assert choose_examples(make_scores()) == {"low": 3, "medium": 4, "high": 0}


def test_with_tiers_the_examples_are_the_middle_of_each_tier_that_has_members() -> None:
    tiers = ["low", "low", "low", "high", "high", "high"]
    # low: .1, .5, .6; high: .2, .3, .4.
    assert choose_examples(make_scores(risk_tier=tiers)) == {"low": 2, "high": 5}


def test_an_example_brings_its_figures_its_reasons_and_its_own_ledger(
    rated: RatedPopulation, scores: pd.DataFrame, clear_ids: set[str]
) -> None:
    examples = describe_examples(rated.bundle, scores, rated.ledger)
    assert [example["label"] for example in examples] == ["low", "medium", "high"]
    for example in examples:
        assert example["risk_tier"] == example["label"]
        assert example["person"] in set(scores["person_id"]) - clear_ids
        assert sum(line["amount"] for line in example["ledger"]) == pytest.approx(example["rate_amount"], abs=0.01)
        assert set(example["predictions"]) == {"admission", "payment_cost"}
    json.dumps(examples, allow_nan=False)


def test_an_example_without_rates_has_no_ledger(rated: RatedPopulation, scores: pd.DataFrame) -> None:
    plain = scores.drop(columns=["rate_amount", "relative_risk_score"])
    for example in describe_examples(rated.bundle, plain, None):
        assert (example["rate_amount"], example["ledger"]) == (None, [])

"""Explanations grow file by file and batch by batch, and nobody is asked for an outcome that is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.workflow.explanation_files import (
    ExplanationFiles,
    choose_explained,
    drop_explanations,
    lay_out_reasons,
    name_explanations,
)
from riskkit.workflow.member_contributions import compute_member_contributions
from riskkit.workflow.rate import RatedPopulation

REASON = {"group": "kidney", "direction": "raises", "feature": "egfr", "unit": "%", "text": "a", "text_zh": "b"}


def test_all_none_or_some_outcomes_are_chosen_in_the_order_of_the_bundle(rated: RatedPopulation) -> None:
    bundle = rated.bundle
    assert choose_explained(bundle, ["all"]) == ("admission", "payment_cost")
    assert choose_explained(bundle, ["none"]) == ()
    assert choose_explained(bundle, ["payment_cost", "admission", "payment_cost"]) == ("admission", "payment_cost")


@pytest.mark.parametrize("asked", [["death"], ["admission", "all"], ["none", "admission"]])
def test_an_outcome_that_is_not_in_the_bundle_is_refused(rated: RatedPopulation, asked: list[str]) -> None:
    with pytest.raises(DataContractError, match=r"expected all or none alone, or some of admission, payment_cost"):
        choose_explained(rated.bundle, asked)


def test_the_folder_stands_beside_the_scores() -> None:
    assert name_explanations(Path("out") / "scores.parquet") == Path("out") / "scores_explanations"


def test_reasons_lie_one_a_row_with_their_rank() -> None:
    keys = pd.DataFrame({"person_id": ["a", "b", "c"], "index_date": pd.Timestamp("2025-01-01")})
    first, second = {**REASON, "value": 55.0, "amount": 3.0}, {**REASON, "value": None, "amount": -1.0}
    found = lay_out_reasons("death_1y", keys, [[first, second], [], [second]])
    assert found["person_id"].tolist() == ["a", "a", "c"]
    assert found["rank"].tolist() == [1, 2, 1]
    assert set(found["outcome"]) == {"death_1y"}
    assert found["amount"].tolist() == [3.0, -1.0, -1.0]
    assert found["value"].isna().tolist() == [False, True, True]
    assert lay_out_reasons("death_1y", keys, [[], [], []]).dtypes.tolist() == found.dtypes.tolist()


def test_two_batches_are_one_file_and_other_outcomes_are_passed_over(
    rated: RatedPopulation, members: pd.DataFrame, tmp_path: Path
) -> None:
    model = rated.bundle.models["admission"]
    few = members.head(50).reset_index(drop=True)
    with ExplanationFiles(rated.bundle, tmp_path, ["admission"]) as files:
        for start in (0, 30):
            batch = few.iloc[start : start + (30 if start == 0 else 20)].reset_index(drop=True)
            contributions = compute_member_contributions(model, batch)
            files.add("admission", contributions, batch)
            files.add("payment_cost", contributions, batch)
    assert [path.name for path in tmp_path.iterdir()] == ["admission"]
    table = pd.read_parquet(tmp_path / "admission" / "contributions.parquet")
    pd.testing.assert_frame_equal(table, compute_member_contributions(model, few))
    reasons = pd.read_parquet(tmp_path / "admission" / "reasons.parquet")
    assert reasons.groupby("person_id").size().max() <= 4
    assert set(reasons["unit"].notna()) == {True}
    base = json.loads((tmp_path / "admission" / "base_value.json").read_text(encoding="utf-8"))
    assert base["base_value"] == pytest.approx(100 * table["base_value"].iloc[0])


def test_only_explanations_are_dropped(tmp_path: Path) -> None:
    for name in ("admission", "mine"):
        (tmp_path / name).mkdir()
    for name in ("contributions.parquet", "reasons.parquet", "base_value.json"):
        (tmp_path / "admission" / name).touch()
    (tmp_path / "mine" / "notes.txt").touch()
    drop_explanations(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    drop_explanations(tmp_path / "absent")

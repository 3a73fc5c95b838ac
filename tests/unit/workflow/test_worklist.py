"""Tiers of a source, held and raised, become a list of work for each team."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.workflow.tier_files import TierFiles
from riskkit.workflow.training import Training
from riskkit.workflow.worklist import WorklistOptions, assign_source_tiers

TIERS = Path(__file__).parents[3] / "models" / "tiers"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """The shipped scheme without its second axis, whose features the small scheme of the tests does not build."""
    file = tmp_path / "held.toml"
    text = (TIERS / "two_axes.toml").read_text(encoding="utf-8")
    file.write_text(text.split("[difficulty.classes]")[0], encoding="utf-8")
    return file


def test_without_options_the_tiers_are_those_of_the_bundle(training: Training, scores: pd.DataFrame) -> None:
    assigned = assign_source_tiers(training.bundle, training.rating, WorklistOptions())
    joined = assigned.merge(scores, on=["person_id", "index_date"], suffixes=("", "_scored"), validate="one_to_one")
    assert len(joined) == len(assigned)
    assert joined["risk_tier"].tolist() == joined["risk_tier_scored"].tolist()


def test_last_years_tiers_are_held_and_a_clinician_raises_one(training: Training, policy: Path, tmp_path: Path) -> None:
    options = WorklistOptions(tiers=policy)
    first = assign_source_tiers(training.bundle, training.rating, options)
    low = first[first["risk_tier"] == "low"]["person_id"].iloc[0]
    # all were high a month ago, so that nobody may go down; the override would raise who is low, and has no effect
    prior = first[["person_id"]].assign(risk_tier="high", index_date=first["index_date"] - pd.Timedelta(days=30))
    prior.to_parquet(tmp_path / "tiers.parquet")
    text = f"person_id,risk_tier,code,author,expiry_date\n{low},high,dka,Dr. Li,2030-01-01\n"
    (tmp_path / "overrides.csv").write_text(text, encoding="utf-8")
    held = assign_source_tiers(
        training.bundle, training.rating, replace(options, tier_files=TierFiles(last=tmp_path / "tiers.parquet"))
    )
    assert set(held["risk_tier"]) == {"high"}
    raised = assign_source_tiers(
        training.bundle, training.rating, replace(options, tier_files=TierFiles(overrides=tmp_path / "overrides.csv"))
    )
    row = raised[raised["person_id"] == low].iloc[0]
    assert [row["risk_tier"], row["package"], row["override_author"]] == ["high", "advanced", "Dr. Li"]


def test_an_expiry_that_is_no_date_and_a_missing_policy_are_refused(
    training: Training, policy: Path, tmp_path: Path
) -> None:
    text = "person_id,risk_tier,code,author,expiry_date\nX,high,dka,Dr. Li,soon\n"
    (tmp_path / "overrides.csv").write_text(text, encoding="utf-8")
    options = WorklistOptions(tiers=policy, tier_files=TierFiles(overrides=tmp_path / "overrides.csv"))
    with pytest.raises(DataContractError, match="expiry_date is empty or no date"):
        assign_source_tiers(training.bundle, training.rating, options)
    with pytest.raises(PolicyError, match="it holds no tier policy"):
        assign_source_tiers(replace(training.bundle, tiers=None), training.rating, WorklistOptions())

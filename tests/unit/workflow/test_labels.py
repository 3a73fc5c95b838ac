"""Labels by name, and the day that those of training may not look past."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from riskkit.data.io import Tables
from riskkit.errors import PolicyError
from riskkit.risk.settings import LABEL_OPTIONS
from riskkit.risk.spec import OutcomeSpec, read_outcome_spec
from riskkit.workflow.labels import LABELS, limit_follow_up
from riskkit.workflow.members import FeaturePlan, Members, label_members
from riskkit.workflow.scheme import read_scheme
from riskkit.workflow.scheme_file import SplitBlock

ROOT = Path(__file__).parents[3]
OUTCOMES = sorted((ROOT / "models" / "outcomes").glob("*.toml"))
ANNUAL = [file for file in OUTCOMES if file.stem != "readmission"]


def test_every_label_that_a_file_may_name_has_its_function_and_its_options() -> None:
    names = set(get_args(OutcomeSpec.model_fields["label"].annotation))
    assert set(LABELS) == set(LABEL_OPTIONS) == names


@pytest.mark.parametrize("file", ANNUAL, ids=lambda file: file.stem)
def test_every_shipped_outcome_labels_every_member_in_order(
    file: Path, known: Members, tables: Tables, plan: FeaturePlan
) -> None:
    cohort = known.cohort.sample(frac=0.2, random_state=0, ignore_index=True)
    spec = read_outcome_spec(file)
    ends = limit_follow_up(cohort, SplitBlock(method="time"))
    labels = label_members(cohort, tables, spec, code_lists=plan.code_lists, follow_up_end=ends)
    pd.testing.assert_frame_equal(labels[["person_id", "index_date"]], cohort[["person_id", "index_date"]])
    assert labels["observed"].notna().all()
    assert labels["weight"].ge(0).all()
    if "followed_days" not in labels:
        return
    # No label of training or calibration sees the test's index date.
    seen = labels["index_date"] + pd.to_timedelta(labels["followed_days"], unit="D")
    assert seen[ends.notna().to_numpy()].le(ends.max()).all()
    assert labels["event_days"].dropna().lt(spec.horizon_days).all()


def test_an_outcome_of_codes_without_code_lists_is_refused(known: Members, tables: Tables) -> None:
    with pytest.raises(PolicyError, match="names the code group 'complications:nephropathy'"):
        label_members(known.cohort, tables, read_outcome_spec(ROOT / "models" / "outcomes" / "nephropathy.toml"))


def test_training_and_calibration_end_where_the_test_begins() -> None:
    cohort = pd.DataFrame({"index_date": pd.to_datetime(["2022-01-01", "2024-01-01", "2023-01-01"])})
    ends = limit_follow_up(cohort, SplitBlock(method="time"))
    assert ends.fillna(pd.Timestamp(0)).dt.year.tolist() == [2024, 1970, 2024]
    assert limit_follow_up(cohort, SplitBlock(method="persons")).isna().all()


def test_the_scheme_of_complications_reads_with_its_washout() -> None:
    scheme = read_scheme(ROOT / "pipelines" / "complications.toml")
    events = {spec.name: spec.label_options.events for spec in scheme.outcomes if spec.kind == "hazard"}
    assert {rules.washout_days for rules in events.values() if rules is not None} == {730}
    assert len(scheme.outcomes) == 13


def test_every_shipped_outcome_stands_on_its_page() -> None:
    page = (ROOT / "docs" / "outcomes.md").read_text(encoding="utf-8")
    table = page.split("## What each outcome counts")[1].split("\n## ")[0]
    assert [file.stem for file in OUTCOMES if f"`{file.stem}`" not in table] == []


def test_control_is_no_illness_and_follows_no_direction_of_the_catalogue() -> None:
    monotone = {spec.name: spec.model.monotone for spec in map(read_outcome_spec, OUTCOMES)}
    assert [name for name, held in monotone.items() if not held] == ["hba1c_control"]

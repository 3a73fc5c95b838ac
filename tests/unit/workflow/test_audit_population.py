"""Every group of the fairness list is named where the source knows it, and the shipped scheme knows them all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.cohort.eligibility import build_annual_cohort
from riskkit.data.io import Tables
from riskkit.data.synthetic import make_cohort
from riskkit.workflow.audit_population import FAIRNESS, _name_groups
from riskkit.workflow.members import build_members, plan_features
from riskkit.workflow.scheme import read_scheme

ROOT = Path(__file__).parents[3]
KEYS = {"person_id": ["A", "B", "C"], "index_date": pd.Timestamp("2024-01-01")}


def test_each_member_is_in_a_group_of_every_kind() -> None:
    context = pd.DataFrame(
        {
            **KEYS,
            "age_years": [44.0, 65.0, 90.0],
            "sex": ["female", "male", None],
            "region": ["east", "west", "west"],
            "urban": pd.array([True, False, None], dtype="boolean"),
            "insurance_type": ["employee", "resident", "resident"],
            "institution_level": pd.array([1, 3, None], dtype="Int64"),
            "team_id": ["T1", "T1", "T2"],
        }
    )
    # 365.25 / 12 = 30.4 days a month: 300 days are 9.9 months, 366 are 12.02
    features = pd.DataFrame(
        {**KEYS, "days_since_joining": [300.0, 366.0, 4000.0], "hba1c_latest_365d": [7.0, None, 9.0]}
    )
    found = _name_groups(context, features, 12.0)
    assert set(FAIRNESS) <= set(found)
    named = found.astype("object").where(found.notna(), None)
    assert named["age_band"].tolist() == ["18-44", "65-74", "85+"]
    assert named["urban"].tolist() == ["urban", "rural", None]
    assert named["institution_level"].tolist() == ["level 1", "level 3", None]
    assert named["enrolment"].tolist() == ["new", "continuing", "continuing"]
    assert named["laboratory"].tolist() == ["HbA1c known", "no HbA1c in the year", "HbA1c known"]


def test_a_group_that_the_source_does_not_know_has_no_column() -> None:
    context = pd.DataFrame({**KEYS, "age_years": [44.0, 65.0, 90.0], "sex": "female"})
    found = _name_groups(context, pd.DataFrame(KEYS), 12.0)
    assert set(FAIRNESS) & set(found) == {"age_band", "sex"}


@pytest.fixture(scope="module")
def shipped(tables: Tables) -> pd.DataFrame:
    """The groups of the synthetic members under the features of the shipped scheme that name them."""
    scheme = read_scheme(ROOT / "pipelines" / "synthetic.toml", tuning_trials=0, n_bootstrap=20)
    block = scheme.file.features
    chosen = plan_features(scheme.codelist_directory, block.groups, block.names).chosen
    needed = {"days_since_joining", "hba1c_latest_365d"}
    assert needed <= {feature.name for feature in chosen.features}
    plan = plan_features(scheme.codelist_directory, [], sorted(needed))
    members = build_members(tables, scheme.file.cohort, plan, index_dates=[scheme.file.cohort.index_dates[-1]])
    return _name_groups(members.cohort, members.features, 12.0)


@pytest.fixture(scope="module")
def county() -> pd.DataFrame:
    """The groups of a cohort of enough teams for towns and hospitals to differ, without its features."""
    scheme = read_scheme(ROOT / "pipelines" / "synthetic.toml", tuning_trials=0, n_bootstrap=20)
    tables, spec = make_cohort(2500, 5, 0).tables, scheme.file.cohort
    cohort, _ = build_annual_cohort(tables["person"], tables["enrollment"], spec, spec.index_dates[-1:])
    return _name_groups(cohort, cohort[["person_id", "index_date"]], 12.0)


@pytest.mark.parametrize("name", FAIRNESS)
def test_the_synthetic_cohort_has_members_on_both_sides_of_every_group(
    shipped: pd.DataFrame, county: pd.DataFrame, name: str
) -> None:
    assert (shipped if name in {"enrolment", "laboratory"} else county)[name].nunique() >= 2

"""What the summary says beyond the metrics is plain values, small cells withheld."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from riskkit.evaluation.metrics import compute_metrics
from riskkit.workflow.measure import measure_contrast, measure_outcome
from riskkit.workflow.scheme_file import RunBlock
from riskkit.workflow.training import Training

RUN = RunBlock(n_bootstrap=30)
RNG = np.random.default_rng(13)
N = 1200
P = RNG.beta(2, 6, N)
DAYS = pd.to_datetime(["2023-01-01", "2024-01-01"])
EVENT = RNG.random(N) < P
CONTEXT = pd.DataFrame(
    {
        "person_id": [f"p{at % 700:04d}" for at in range(N)],
        "index_date": np.where(np.arange(N) < 700, DAYS[0], DAYS[1]),
        "age_years": RNG.integers(30, 95, N),
        "sex": RNG.choice(["female", "male"], N),
        "region": np.where(np.arange(N) % 200 == 0, "islet", "main"),
        "institution_level": RNG.choice([1, 3], N),
        "team_id": [f"t{at % 40}" for at in range(N)],
        "hba1c_latest_730d": np.where(RNG.random(N) < 0.2, np.nan, 7.0),
        "event_days": np.where(EVENT, RNG.integers(0, 365, N), np.nan),
    }
)
TEST = CONTEXT.loc[CONTEXT["index_date"] == DAYS[1], ["person_id", "index_date"]].assign(
    observed=EVENT[700:].astype(float), predicted=P[700:], weight=1.0
)
NONE = pd.DataFrame(columns=["comparator", "metric", "value", "low", "high", "better"])


@pytest.fixture(scope="module")
def figures() -> dict[str, object]:
    return measure_outcome(TEST.reset_index(drop=True), CONTEXT, NONE, {"gam": "absent"}, kind="binary", run=RUN)


def test_every_grouping_of_the_context_is_reported(figures) -> None:
    groups = {(row["grouping"], row["group"]) for row in figures["by_group"]}
    assert {name for name, _ in groups} == {"age_band", "sex", "region", "institution_level", "membership", "labs"}
    assert {("institution_level", "level 1"), ("labs", "no HbA1c in 2 years")} <= groups


def test_members_of_an_earlier_year_are_continuing(figures) -> None:
    # All of the 500 tested in 2024 stood in 2023 too: one kind of member, so that nothing is set apart.
    assert {row["group"] for row in figures["by_group"] if row["grouping"] == "membership"} == {"continuing"}
    assert figures["new_members"] is None


def test_a_small_region_is_withheld(figures) -> None:
    islet = [row for row in figures["by_group"] if row["group"] == "islet"]
    assert all(row["value"] is None and row["n_persons"] is None for row in islet)


def test_teams_and_months_are_measured_where_they_are_known(figures) -> None:
    assert figures["test_teams"]["teams"] == 40
    assert [row["month"] for row in figures["by_month"]] == list(range(1, 13))
    bare = CONTEXT.drop(columns=["team_id", "event_days"])
    without = measure_outcome(TEST.reset_index(drop=True), bare, NONE, {}, kind="binary", run=RUN)
    assert without["test_teams"] is None
    assert without["by_month"] is None


def test_all_of_it_is_json_without_nan(figures) -> None:
    json.dumps(figures, allow_nan=False)
    assert {"e50", "e90", "emax"} <= set(figures["test"])
    assert [row["share"] for row in figures["lift"]] == [0.01, 0.05, 0.1]


def test_a_contrast_holds_every_metric_twice() -> None:
    keys = (TEST["observed"], TEST["predicted"], TEST["weight"], TEST["person_id"])
    temporal = compute_metrics(*keys, kind="binary", n_bootstrap=20)
    found = measure_contrast(temporal, TEST, kind="binary", run=RUN)
    assert set(found["temporal"]) == set(found["random"]) == set(temporal["metric"])


def test_a_training_carries_the_figures_into_the_summary(training: Training) -> None:
    outcome = training.summary["outcomes"]["admission"]
    assert set(outcome["differences"]) == {"age_sex", "logistic", "dcsi"}
    assert {"gam", "hcc"} <= set(outcome["comparators_absent"])
    assert {"ici", "e50", "e90", "emax", "brier_skill"} <= set(outcome["test"])
    assert outcome["by_group"]
    json.dumps(training.summary["policy_price"], allow_nan=False)

"""The record of a run in MLflow: parent, children, and a champion that only passed gates can replace."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from riskkit import tracking
from riskkit.workflow import record as record_module
from riskkit.workflow.apply import open_bundle
from riskkit.workflow.rate import RatedPopulation
from riskkit.workflow.record import choose_alias, record_run
from riskkit.workflow.scheme import Scheme, read_scheme
from riskkit.workflow.score import score_members
from tests.unit.workflow.conftest import MLFLOW_WARNINGS, Recorded

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

pytestmark = [pytest.mark.filterwarnings(f"ignore:{message}") for message in MLFLOW_WARNINGS]
NAME = "riskkit-synthetic"


@pytest.fixture
def client(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    from mlflow import MlflowClient

    monkeypatch.setenv("MLFLOW_TRACKING_URI", recorded.store)
    tracking.open_tracking()
    return MlflowClient(recorded.store)


@pytest.fixture
def runs(client: MlflowClient) -> dict[str, Run]:
    """Runs of the first retraining, by name."""
    experiment = client.get_experiment_by_name(NAME)
    found = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])
    return {run.info.run_name: run for run in reversed(found)}


def test_there_is_a_parent_and_a_child_for_each_outcome(runs: dict[str, Run]) -> None:
    assert {"retrain synthetic", "admission", "payment_cost"} == set(runs)
    parent = runs["retrain synthetic"].info.run_id
    assert {runs[name].data.tags["mlflow.parentRunId"] for name in ("admission", "payment_cost")} == {parent}


def test_the_parent_holds_effort_money_hashes_and_report(
    client: MlflowClient, runs: dict[str, Run], recorded: Recorded
) -> None:
    parent, rates = runs["retrain synthetic"], recorded.run.summary["rates"]
    assert parent.data.params["n_bootstrap"] == "20"
    assert parent.data.metrics["budget_minor"] == rates["budget_minor"] == parent.data.metrics["allocated_minor"]
    assert parent.data.tags["data.person"] == recorded.run.summary["data"]["hashes"]["person"]
    assert {"summary.json", "report.html", "certificate.json"} <= {
        file.path for file in client.list_artifacts(parent.info.run_id)
    }


def test_a_child_holds_metrics_with_their_intervals_and_the_explanations(
    client: MlflowClient, runs: dict[str, Run], recorded: Recorded
) -> None:
    figure = recorded.run.summary["outcomes"]["admission"]["test"]["auroc"]
    metrics = runs["admission"].data.metrics
    found = [metrics[name] for name in ("auroc", "auroc.low", "auroc.high")]
    assert found == [figure["value"], figure["low"], figure["high"]]
    kinds, names = ("seeds", "bootstraps"), ("spearman", "top3_overlap")
    assert {f"stability.{kind}.{name}" for kind in kinds for name in names} <= set(metrics)
    assert runs["admission"].data.params["num_leaves"] == "4"
    assert {file.path for file in client.list_artifacts(runs["admission"].info.run_id)} == {
        "contributions.parquet",
        "reasons.parquet",
        "importance.csv",
        "base_value.json",
        "reason_dictionary.json",
        "reasons.json",
        *(f"{name}.png" for name in ("beeswarm", "dependence", "waterfall_low", "waterfall_medium", "waterfall_high")),
    }


def test_the_registered_bundle_gives_the_written_scores(
    client: MlflowClient, recorded: Recorded, members: pd.DataFrame
) -> None:
    bundle = open_bundle(f"models:/{NAME}@champion")
    written = pd.read_parquet(recorded.run.out / "scores.parquet").head(20)
    pd.testing.assert_frame_equal(score_members(bundle, members.head(20)), written, check_exact=True)


def test_a_version_with_a_failed_gate_is_a_challenger_and_the_champion_stays(
    client: MlflowClient, recorded: Recorded, scheme: Scheme, rated: RatedPopulation, members: pd.DataFrame
) -> None:
    summary: dict[str, Any] = copy.deepcopy(recorded.run.summary)
    summary["gates"].append({"name": "payment_cost.drift", "verdict": "fail", "figure": 0.2, "limit": "0.33 to 3"})
    number = record_run(scheme, summary, rated.bundle, members, recorded.run.out)
    assert number == "2"
    assert client.get_model_version_by_alias(NAME, "champion").version in {1, "1"}
    assert client.get_model_version_by_alias(NAME, "challenger").version in {2, "2"}


def test_a_request_may_leave_out_its_date_and_must_say_its_region(
    client: MlflowClient, rated: RatedPopulation, training: Any
) -> None:
    columns = record_module._columns(rated.bundle)
    assert (columns["person_id"], columns["index_date"], columns["region"]) == ("string", "string?", "string")
    assert columns["age_years"] == "double"
    assert "region" not in record_module._columns(training.bundle)


def test_a_figure_that_is_not_defined_is_not_logged() -> None:
    test = {"r2": {"value": 0.2, "low": None, "high": 0.3}, "gini": {"value": None, "low": None, "high": None}}
    assert record_module._flatten(test) == {"r2": 0.2, "r2.high": 0.3}


@pytest.mark.parametrize(
    ("verdicts", "has_champion", "alias"),
    [
        (["pass", "pass"], True, "champion"),
        (["pass", "fail"], False, "challenger"),
        (["pass", "inconclusive"], False, "champion"),
        (["pass", "inconclusive"], True, "challenger"),
    ],
)
def test_only_a_decided_version_displaces_a_champion(
    verdicts: list[str], has_champion: bool, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskkit.tracking.has_champion", lambda name: has_champion)
    scheme = read_scheme(Path(__file__).resolve().parents[3] / "pipelines" / "synthetic.toml")
    assert choose_alias(scheme, [{"verdict": verdict} for verdict in verdicts]) == alias

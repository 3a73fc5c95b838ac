"""A retraining leaves everything or nothing; a run without rates leaves bundle and summary."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.errors import AcceptanceError, DataContractError, RiskkitError
from riskkit.report.render import write_report
from riskkit.workflow import retrain as retrain_module
from riskkit.workflow.bundle import read_bundle
from riskkit.workflow.retrain import complete_scheme, require_gates, retrain, train_only, write_summary
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.score import score_members
from riskkit.workflow.tier_files import TierFiles
from riskkit.workflow.training import Training, context_of
from tests.unit.workflow.conftest import MLFLOW_WARNINGS, Held, Recorded

pytestmark = [pytest.mark.filterwarnings(f"ignore:{message}") for message in MLFLOW_WARNINGS]

STAGES = (
    "train_scheme",
    "rate_members",
    "score_members",
    "write_rated",
    "write_bundle",
    "write_evaluation",
    "explain_outcomes",
    "write_summary",
    "write_report",
    "record_run",
)


def gate(verdict: str, figure: float | None = 1.2) -> dict[str, Any]:
    return {"name": "admission.oe_ratio", "figure": figure, "limit": "0.97 to 1.03", "verdict": verdict}


def fail(*_: object, **__: object) -> None:
    message = "a stage that ends badly"
    raise DataContractError(message)


@pytest.fixture
def light(training: Training, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The training that is at hand, and none of the slow stages."""
    monkeypatch.setattr(retrain_module, "train_scheme", lambda *_, **__: training)
    monkeypatch.setattr(retrain_module, "explain_outcomes", lambda *_, **__: None)
    monkeypatch.setattr(retrain_module, "write_report", lambda *_, **__: None)
    monkeypatch.setattr(retrain_module, "record_run", lambda *_, **__: "1")
    return monkeypatch


def test_a_retraining_leaves_every_result_in_one_folder(recorded: Recorded) -> None:
    names = {path.name for path in recorded.run.out.iterdir()}
    assert names == {
        "bundle",
        "certificate.json",
        "evaluation",
        "explanations",
        "ledger.parquet",
        "rates.parquet",
        "report.html",
        "scores.parquet",
        "summary.json",
    }
    assert recorded.run.version == "1"
    assert {path.name for path in (recorded.run.out / "explanations").iterdir()} == {"admission", "payment_cost"}


def test_the_written_summary_is_the_one_that_is_returned(recorded: Recorded) -> None:
    written = json.loads((recorded.run.out / "summary.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(recorded.run.summary, default=str))
    assert {"created", "riskkit_version", "name", "title"} <= set(written["scheme"])
    assert len(written["examples"]) == 3


def test_the_report_compares_the_tiers_of_two_index_years_where_no_last_tiers_are_given(recorded: Recorded) -> None:
    migration = recorded.run.summary["migration"]
    assert (migration["basis"], migration["last_index_date"]) == ("index_years", "2024-01-01")
    page = (recorded.run.out / "report.html").read_text(encoding="utf-8")
    assert "From 2024-01-01 to 2025-01-01" in page
    assert "Members by last tier and tier" in page
    assert "Share of cost" in page


def test_the_written_bundle_gives_the_written_scores(recorded: Recorded, members: pd.DataFrame) -> None:
    written = pd.read_parquet(recorded.run.out / "scores.parquet")
    pd.testing.assert_frame_equal(score_members(read_bundle(recorded.run.out / "bundle"), members), written)


def test_nothing_behind_the_report_holds_an_identifier_in_clear(recorded: Recorded, clear_ids: set[str]) -> None:
    written = list(recorded.run.out.rglob("*.parquet"))
    assert {"predictions.parquet", "contributions.parquet", "scores.parquet", "rates.parquet"} <= {
        file.name for file in written
    }
    for file in written:
        frame = pd.read_parquet(file)
        assert "person_id" not in frame or not clear_ids & set(frame["person_id"]), file
    report = (recorded.run.out / "report.html").read_text(encoding="utf-8")
    assert not any(person in report for person in clear_ids)


def test_a_report_that_is_written_again_has_the_same_bytes(recorded: Recorded, tmp_path: Path) -> None:
    folder = shutil.copytree(recorded.run.out, tmp_path / "out")
    before = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    assert write_report(folder).read_bytes() == before


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_ends_badly_leaves_nothing_behind(
    stage: str, light: pytest.MonkeyPatch, scheme: Scheme, source: Path, tmp_path: Path
) -> None:
    light.setattr(retrain_module, stage, fail)
    with pytest.raises(DataContractError, match="ends badly"):
        retrain(scheme, source, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stage", ["train_scheme", "write_bundle", "write_summary"])
def test_a_training_that_ends_badly_leaves_nothing_behind(
    stage: str, light: pytest.MonkeyPatch, scheme: Scheme, source: Path, tmp_path: Path
) -> None:
    light.setattr(retrain_module, stage, fail)
    with pytest.raises(RiskkitError, match="ends badly"):
        train_only(scheme, source, tmp_path / "deep" / "out")
    assert list((tmp_path / "deep").iterdir()) == []


@pytest.mark.parametrize("inside", [".", "results"])
def test_neither_run_writes_into_its_source(
    inside: str, light: pytest.MonkeyPatch, scheme: Scheme, source: Path
) -> None:
    before = sorted(source.rglob("*"))
    for run in (retrain, train_only):
        with pytest.raises(DataContractError, match="lies in the source"):
            run(scheme, source, source / inside)
    assert sorted(source.rglob("*")) == before


def test_the_results_of_last_year_stay_where_this_years_run_ends_badly(
    light: pytest.MonkeyPatch, scheme: Scheme, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "summary.json").write_text("last year", encoding="utf-8")
    light.setattr(retrain_module, "record_run", fail)
    with pytest.raises(DataContractError):
        retrain(scheme, source, tmp_path / "out")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "summary.json"]
    assert (tmp_path / "out" / "summary.json").read_text(encoding="utf-8") == "last year"


def test_a_scheme_without_rates_is_retrained_without_a_rate_table(
    light: pytest.MonkeyPatch, scheme: Scheme, source: Path, tmp_path: Path
) -> None:
    unrated = replace(scheme, rate_policy=None)
    run = retrain(unrated, source, tmp_path / "out")
    assert run.summary["rates"] is None
    assert not (tmp_path / "out" / "rates.parquet").exists()
    assert [example["ledger"] for example in run.summary["examples"]] == [[], [], []]


def test_a_retraining_with_last_scores_rates_the_final_tier_and_shows_the_migration(
    light: pytest.MonkeyPatch,
    training: Training,
    scheme: Scheme,
    held: Held,
    tmp_path: Path,
) -> None:
    assert held.bundle.tiers is not None
    light.setattr(retrain_module, "train_scheme", lambda *_, **__: replace(training, bundle=held.bundle))
    held.last.to_parquet(tmp_path / "last.parquet")
    asked = replace(scheme, tier_policy=held.bundle.tiers.policy, rate_policy=held.rates)
    run = retrain(asked, tmp_path / "source", tmp_path / "out", tier_files=TierFiles(last=tmp_path / "last.parquet"))
    scores, rates = (pd.read_parquet(tmp_path / "out" / f"{name}.parquet") for name in ("scores", "rates"))
    for frame in (scores, rates):
        assert (frame["risk_tier"] == "high").sum() >= len(frame) - 1
        assert (frame["model_tier"] != "high").any()
    again = score_members(read_bundle(tmp_path / "out" / "bundle"), context_of(training.rating), history=held.history)
    pd.testing.assert_frame_equal(again, scores)
    found = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["migration"]
    assert (found["basis"], found["last_index_date"], found["index_date"]) == (
        "last_scores",
        "2024-12-01",
        "2025-01-01",
    )
    # everybody but one was high and is
    assert found["stability"] == 1.0
    high = next(row for row in found["rows"] if row["last_tier"] == "high")
    assert (high["members"], high["now"]["high"]) == (len(scores) - 1, len(scores) - 1)
    assert next(row for row in found["rows"] if row["last_tier"] == "entered")["members"] == 1
    assert sum(found["changes"]["held"].values()) == (scores["model_tier"] != scores["risk_tier"]).sum()
    assert run.summary["examples"][0]["tier_change"] == ""


def test_a_policy_that_holds_no_tier_compares_the_years_and_leaves_the_tiers_alone(
    light: pytest.MonkeyPatch, scheme: Scheme, held: Held, scores: pd.DataFrame, tmp_path: Path
) -> None:
    held.last.to_parquet(tmp_path / "last.parquet")
    run = retrain(scheme, tmp_path / "source", tmp_path / "out", tier_files=TierFiles(last=tmp_path / "last.parquet"))
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out" / "scores.parquet"), scores)
    assert (run.summary["migration"]["basis"], run.summary["migration"]["changes"]) == ("last_scores", None)


def test_rows_that_were_set_aside_are_kept_with_the_results(
    light: pytest.MonkeyPatch, training: Training, scheme: Scheme, source: Path, tmp_path: Path
) -> None:
    def train(
        _: Scheme, __: Path, work: Path, *, on_bad_rows: str, search: object, progress: Callable[..., None] | None
    ) -> Training:
        assert (on_bad_rows, progress) == ("quarantine", None)
        (work / "tables" / "quarantine").mkdir(parents=True)
        (work / "tables" / "quarantine" / "person.parquet").write_bytes(b"rows")
        return training

    light.setattr(retrain_module, "train_scheme", train)
    train_only(scheme, source, tmp_path / "out", on_bad_rows="quarantine")
    assert (tmp_path / "out" / "quarantine" / "person.parquet").read_bytes() == b"rows"


def test_a_training_alone_writes_bundle_and_summary_and_rates_nothing(
    light: pytest.MonkeyPatch, scheme: Scheme, source: Path, tmp_path: Path
) -> None:
    summary = train_only(scheme, source, tmp_path / "out")
    # The page is not written here: `light` stands in for it.
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"bundle", "evaluation", "summary.json"}
    assert (summary["rates"], summary["examples"]) == (None, [])
    assert read_bundle(tmp_path / "out" / "bundle").rates is None


def test_the_discharge_kind_is_trained_and_measured_by_persons(
    discharge_out: Path,
) -> None:
    summary = json.loads((discharge_out / "summary.json").read_text(encoding="utf-8"))
    found = summary["outcomes"]["readmission"]
    # 150 persons with two discharges each, in 10 + 2 groups, six of 13 persons and then six of 12: the last two groups
    # are never tested, so 126 persons are.
    assert found["test_members"] == 252
    assert (found["train_members"], found["calibration_members"]) == (300, 252)
    assert (summary["rates"], summary["tiers"], summary["drift"]) == (None, None, None)
    assert summary["flow"][0] == {"index_date": None, "step": "inpatient stays", "members": 300}
    assert {path.name for path in discharge_out.iterdir()} == {"bundle", "evaluation", "report.html", "summary.json"}
    assert found["events"] > 0


def test_a_failed_gate_is_named_with_found_and_expected() -> None:
    summary = {"gates": [gate("pass"), gate("inconclusive"), gate("fail"), gate("fail")]}
    with pytest.raises(AcceptanceError) as caught:
        require_gates(summary)
    message = str(caught.value)
    assert "2 of 4 gates failed (first admission.oe_ratio: found 1.2, expected 0.97 to 1.03)" in message
    assert "no version became champion" in message
    assert caught.value.exit_code == 13


def test_a_gate_whose_figure_is_not_defined_fails_in_words() -> None:
    with pytest.raises(AcceptanceError, match=r"found not defined, expected 0\.97 to 1\.03"):
        require_gates({"gates": [gate("fail", None)]})


def test_gates_that_are_passed_or_open_raise_nothing() -> None:
    for gates in ([gate("pass"), gate("inconclusive")], []):
        assert require_gates({"gates": gates}) is None  # a failed gate raises


def test_a_summary_with_a_figure_that_json_does_not_know_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_summary({"figure": float("nan")}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_completing_a_summary_leaves_the_given_one_as_it_is() -> None:
    given = {"scheme": {"name": "county"}, "gates": []}
    completed = complete_scheme(given)
    assert given == {"scheme": {"name": "county"}, "gates": []}
    assert completed["scheme"]["created"].endswith("+00:00")

"""The figures of a run as plain values, and gates that tell a miss from too little evidence."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.risk.hazard_horizons import describe_horizon
from riskkit.risk.spec import OutcomeSpec, read_outcome_spec
from riskkit.workflow.scheme_file import RunBlock
from riskkit.workflow.source import open_source
from riskkit.workflow.summary import (
    compare_with_truth,
    judge_drift,
    judge_gates,
    metrics_to_dict,
    name_truth,
    summarise_outcome,
    summarise_source,
)
from riskkit.workflow.training import Training

CAP = {"value": 5000.0, "unit": "CNY of one member", "reference": "of the test", "effective": "2024-01-01"}
OUTCOMES = Path(__file__).parents[3] / "models" / "outcomes"


def figure(value: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    return {"value": value, "low": low, "high": high}


def limits(**numbers: object) -> OutcomeSpec:
    """The admission outcome with these acceptance limits and no others."""
    without = {"oe_ratio": None, "calibration_slope": None, "minimum_events": 1000}
    return read_outcome_spec(OUTCOMES / "admission.toml").with_overrides({"acceptance": {**without, **numbers}})


# Limits .97 to 1.03, at least 1,000 events.
@pytest.mark.parametrize(
    ("found", "events", "verdict"),
    [
        (figure(1.00, 0.90, 1.10), 2000, "pass"),
        (figure(0.97, 0.95, 0.99), 2000, "pass"),  # the limit itself is inside
        (figure(1.03, 1.01, 1.05), 2000, "pass"),
        (figure(1.10, 1.05, 1.15), 2000, "fail"),  # even the interval lies outside
        (figure(0.90, 0.85, 0.96), 2000, "fail"),
        (figure(1.10, 1.03, 1.17), 2000, "inconclusive"),  # the interval touches the limit
        (figure(0.90, 0.80, 1.20), 2000, "inconclusive"),  # the interval holds all of the band
        (figure(1.10, 1.05, 1.15), 1000, "fail"),  # exactly as many events as asked
        (figure(1.10, 1.05, 1.15), 999, "inconclusive"),  # one too few
        (figure(1.00, 0.90, 1.10), 3, "pass"),  # too few events fail nothing that is inside
        (figure(1.10), 2000, "fail"),  # no interval, no doubt
        (figure(None), 2000, "fail"),
        (figure(None), 999, "inconclusive"),
    ],
)
def test_a_band_is_passed_missed_or_left_open(found: dict[str, float | None], events: int, verdict: str) -> None:
    (gate,) = judge_gates(limits(oe_ratio=(0.97, 1.03)), {"oe_ratio": found}, events)
    assert gate == {
        "name": "admission.oe_ratio",
        "outcome": "admission",
        "figure": found["value"],
        "limit": "0.97 to 1.03",
        "verdict": verdict,
    }


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (figure(0.75, 0.73, 0.77), "pass"),
        (figure(0.70, 0.66, 0.76), "inconclusive"),
        (figure(0.70, 0.66, 0.74), "fail"),
    ],
)
def test_a_least_value_has_no_upper_end(found: dict[str, float | None], verdict: str) -> None:
    (gate,) = judge_gates(limits(auroc_min=0.75), {"auroc": found}, 5000)
    assert (gate["name"], gate["limit"], gate["verdict"]) == ("admission.auroc", "at least 0.75", verdict)


def test_an_outcome_without_limits_has_no_gate() -> None:
    assert judge_gates(limits(), {"oe_ratio": figure(9.0, 8.0, 10.0)}, 5000) == []


@pytest.mark.parametrize(("verdict", "gate"), [("stable", "pass"), ("recalibrate", "pass"), ("refuse", "fail")])
def test_only_a_refused_model_fails_the_gate_of_its_drift(verdict: str, gate: str) -> None:
    drift = {
        "limits": {"refuse": (0.33, 3.0)},
        "outcomes": {"admission": {"verdict": verdict, "oe_ratio": 0.2, "left": False}},
    }
    assert judge_drift(drift) == [
        {"name": "admission.drift", "outcome": "admission", "figure": 0.2, "limit": "0.33 to 3", "verdict": gate}
    ]


def test_the_gate_of_a_lost_ranking_shows_the_gini_and_one_of_a_model_left_as_it_is_is_open() -> None:
    limits = {"refuse": (0.33, 3.0), "minimum_gini": 0.1}
    lost = {"verdict": "refuse", "oe_ratio": 1.0, "gini": 0.05, "left": False}
    left = {"verdict": "recalibrate", "oe_ratio": 1.2, "gini": 0.4, "left": True}
    lost_gate, left_gate = judge_drift({"limits": limits, "outcomes": {"a": lost, "b": left}})
    assert (lost_gate["figure"], lost_gate["limit"], lost_gate["verdict"]) == (0.05, "Gini above 0.1", "fail")
    assert (left_gate["figure"], left_gate["limit"], left_gate["verdict"]) == (1.2, "0.33 to 3", "inconclusive")


def test_a_scheme_without_drift_has_no_gate_for_it() -> None:
    assert judge_drift(None) == []


def test_a_figure_that_is_not_defined_is_none() -> None:
    table = pd.DataFrame({"metric": ["r2"], "value": [math.nan], "low": [math.nan], "high": [math.nan]})
    assert metrics_to_dict(table) == {"r2": {"value": None, "low": None, "high": None}}


def test_an_outcome_is_summarised_with_test_comparators_and_counts(training: Training) -> None:
    summary = summarise_outcome(training.trained["payment_cost"])
    assert (summary["kind"], summary["policy"]) == ("cost", "payment")
    assert set(summary["comparators"]) == {"age_sex", "linear", "dcsi"}
    assert {"r2", "mae", "cpm", "oe_ratio"} <= set(summary["test"])
    assert all(isinstance(summary[name], int) for name in ("train_members", "test_members", "events", "n_features"))
    assert summary["calibration"]["method"] == training.trained["payment_cost"].model.calibrator.method


def test_a_truth_without_the_outcome_is_left_out(training: Training) -> None:
    trained = training.trained["admission"]
    truth = trained.predictions[["person_id", "index_date"]].assign(stroke=0.1)
    assert compare_with_truth(trained, truth, RunBlock(n_bootstrap=20)) is None


@pytest.mark.parametrize("part", [{"settings": ("inpatient",)}, {"cap": CAP}], ids=["settings", "cap"])
def test_a_part_of_the_cost_has_no_truth_and_is_said(part: dict[str, Any], training: Training) -> None:
    whole = training.trained["payment_cost"]
    truth = whole.predictions[["person_id", "index_date"]].assign(next_year_cost=whole.predictions["observed"])
    assert compare_with_truth(whole, truth, RunBlock(n_bootstrap=20)) is not None
    assert "counts" not in summarise_outcome(whole)
    model = replace(whole.model, spec=whole.model.spec.with_overrides({"label_options": part}))
    counted = replace(whole, model=model)
    assert compare_with_truth(counted, truth, RunBlock(n_bootstrap=20)) is None
    said = {"cap": 5000.0, "settings": []} if "cap" in part else {"cap": None, "settings": ["inpatient"]}
    assert summarise_outcome(counted)["counts"] == said


def test_a_truth_equal_to_the_prediction_is_reached_to_the_full(training: Training) -> None:
    trained = training.trained["admission"]
    truth = trained.predictions[["person_id", "index_date"]].assign(admission=trained.predictions["predicted"])
    found = compare_with_truth(trained, truth, RunBlock(n_bootstrap=20))
    assert found is not None
    assert (found["metric"], found["ratio"]) == ("auroc", 1.0)


@pytest.mark.parametrize(
    ("outcome", "place", "column"),
    [
        ("admission", None, "admission"),
        ("payment_cost", None, "next_year_cost"),
        ("nephropathy", 0, "nephropathy"),  # of one year, as the truth
        ("nephropathy", 1, "nephropathy_3y"),  # which the truth does not have
    ],
)
def test_the_truth_of_one_year_is_found_for_the_horizon_of_one_year(
    outcome: str, place: int | None, column: str
) -> None:
    spec = read_outcome_spec(OUTCOMES / f"{outcome}.toml")
    assert name_truth(spec if place is None else describe_horizon(spec, place)) == column


def test_a_source_is_accounted_for_row_by_row(tmp_path: Path) -> None:
    folder = tmp_path / "native"
    folder.mkdir()
    people = {"person_id": ["A", "B", "C"], "birth_date": pd.Timestamp("1960-01-01"), "sex": ["female", "male", "X"]}
    unknown = dict.fromkeys(("region", "urban", "insurance_type", "death_date"))
    pd.DataFrame(people).assign(**unknown).to_parquet(folder / "person.parquet", index=False)
    summary = summarise_source(open_source("native", folder, tmp_path / "work", on_bad_rows="quarantine"))
    assert (summary["rows_in"], summary["accepted"], summary["quarantined"]) == (3, 2, 1)
    assert summary["tables"] == {"person": 2}
    assert list(summary["hashes"]) == ["person"]
    assert (summary["adapter"], summary["reconciliation"]) == (None, None)

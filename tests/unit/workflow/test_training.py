"""A training run gathers models, drift, tiers and gates, and says in each of them that a model is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.errors import AcceptanceError, PolicyError
from riskkit.risk.spec import read_outcome_spec
from riskkit.workflow.retrain import complete_scheme, require_gates
from riskkit.workflow.scheme import Scheme, read_scheme
from riskkit.workflow.score import KEYS, predict_outcomes
from riskkit.workflow.summary_text import describe_run
from riskkit.workflow.training import Training, context_of, population_name, train_scheme

DRIFT = """
[drift]
index_date = 2024-01-01
stable = [0.9999, 1.0001]
refuse = [0.9998, 1.0002]
reference = "test: no model is within two in ten thousand"
"""


def test_the_summary_holds_what_the_report_and_others_rely_on(training: Training) -> None:
    keys = {"scheme", "outcomes", "policy_price", "drift", "tiers", "data", "flow", "gates"}
    assert set(training.summary) == keys
    assert set(training.summary["outcomes"]) == {"admission", "payment_cost"}
    assert training.summary["drift"] is None
    assert json.loads(json.dumps(training.summary, allow_nan=False)) is not None


def test_a_group_of_codes_that_no_list_has_is_refused_before_the_source_is_read(scheme: Scheme, tmp_path: Path) -> None:
    spec = read_outcome_spec(find_presets() / "models" / "outcomes" / "diabetes_admission.toml")
    events = spec.label_options.model_dump()["events"]
    events["stays"] = [{**events["stays"][0], "principal": ("outcomes:gout",)}]
    broken = replace(scheme, outcomes=(spec.with_overrides({"label_options": {"events": events}}),))
    nowhere = tmp_path / "nowhere"
    with pytest.raises(
        PolicyError, match=r"outcomes/diabetes_admission\.toml \[label_options\] names .* 'outcomes:gout'"
    ):
        train_scheme(broken, nowhere, tmp_path / "work")


def test_the_members_of_the_rating_date_are_scored_and_not_those_of_the_training(training: Training) -> None:
    assert training.rating.cohort["index_date"].unique().tolist() == [pd.Timestamp("2025-01-01")]
    assert training.bundle.tiers is not None
    assert training.bundle.tiers.reference_population == "synthetic, members on 2025-01-01"
    assert training.bundle.tiers.members == len(training.rating.cohort)


def test_the_flow_counts_every_index_date_and_the_rating_date(training: Training) -> None:
    days = [row["index_date"] for row in training.summary["flow"]]
    assert sorted(set(days)) == ["2021-01-01", "2022-01-01", "2023-01-01", "2024-01-01", "2025-01-01"]
    assert training.summary["flow"][0] == {"index_date": "2021-01-01", "step": "known", "members": 800}


def test_the_tiers_of_the_test_members_add_up_to_them(training: Training) -> None:
    rows = training.summary["tiers"]["rows"]
    assert sum(row["members"] for row in rows) == len(training.trained["admission"].predictions)
    assert sum(row["share"] for row in rows) == pytest.approx(1.0)
    assert [row["tier"] for row in rows] == ["low", "medium", "high"]


def test_the_truth_is_set_beside_the_model_and_is_no_feature(training: Training) -> None:
    truth = training.summary["outcomes"]["admission"]["truth"]
    model = training.summary["outcomes"]["admission"]["test"]["auroc"]["value"]
    assert truth["ratio"] == pytest.approx(model / truth["auroc"]["value"])
    assert not {"admission", "next_year_cost", "payment_cost"} & set(training.bundle.feature_names)


def test_the_context_of_the_members_has_each_column_once(training: Training) -> None:
    frame = context_of(training.rating)
    assert frame.columns.is_unique
    assert {*KEYS, "exposure_months", "region", "age_years"} <= set(frame)
    assert len(frame) == len(training.rating.cohort)


def test_a_population_is_named_by_its_day_or_as_all_discharges(scheme: Scheme) -> None:
    assert population_name(scheme) == "synthetic, members on 2025-01-01"
    cohort = scheme.file.cohort.model_copy(update={"rating_date": None})
    undated = replace(scheme, file=scheme.file.model_copy(update={"cohort": cohort}))
    assert population_name(undated) == "synthetic, all discharges"


@pytest.fixture(scope="module")
def refused(start: Path, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Training:
    """Trained up to 2023 and applied to 2024, with limits that no model keeps."""
    text = (start / "pipelines" / "synthetic.toml").read_text(encoding="utf-8")
    cost = text.index("[[outcome]]"), text.rindex("[[outcome]]"), text.index("[tiers]"), text.index("[rates]")
    text = text[: cost[0]] + text[cost[1] : cost[2]] + text[cost[3] :] + DRIFT
    for old, new in ((", 2024-01-01]", "]"), ("2025-01-01", "2024-01-01"), ('"diagnoses", ', "")):
        assert old in text
        text = text.replace(old, new)
    folder = tmp_path_factory.mktemp("refused")
    (folder / "models").symlink_to(start / "models")
    (folder / "pipelines").mkdir()
    file = folder / "pipelines" / "refused.toml"
    file.write_text(text, encoding="utf-8")
    return train_scheme(read_scheme(file, tuning_trials=0, n_bootstrap=20), source, folder / "work")


def test_a_refused_model_fails_a_gate_of_its_own_and_nothing_may_be_paid_on_it(refused: Training) -> None:
    assert refused.summary["drift"]["outcomes"]["payment_cost"]["verdict"] == "refuse"
    gates = {gate["name"]: gate for gate in refused.summary["gates"]}
    assert gates["payment_cost.drift"]["verdict"] == "fail"
    assert gates["payment_cost.drift"]["limit"] == "0.9998 to 1.0002"
    with pytest.raises(AcceptanceError, match=r"payment_cost\.drift: found .*, expected 0\.9998 to 1\.0002"):
        require_gates({"gates": [gates["payment_cost.drift"]]})


def test_the_terminal_says_that_a_model_is_refused(refused: Training) -> None:
    summary = {**complete_scheme(refused.summary), "rates": None}
    lines = describe_run(summary, Path("out"), "7")
    assert any(line.startswith("DRIFT 2024-01-01: ") and "It is refused: do not score or pay" in line for line in lines)
    assert "Registered: riskkit-synthetic version 7, alias challenger" in lines


def test_a_refused_model_is_kept_as_it_was_trained(refused: Training) -> None:
    kept = refused.trained["payment_cost"].model
    assert refused.bundle.models["payment_cost"] is kept
    again = predict_outcomes(refused.bundle, refused.rating.features)["payment_cost"]
    assert again.to_numpy().tolist() == kept.predict(refused.rating.features).tolist()


def test_the_features_that_moved_are_listed_with_the_drift(refused: Training) -> None:
    found = refused.summary["drift"]
    assert found["limits"]["refuse"] == (0.9998, 1.0002)
    cost = found["outcomes"]["payment_cost"]
    assert {"feature", "psi", "shift", "low", "high", "verdict"} == set(cost["feature_psi"][0])
    assert cost["inputs"]["verdict"] in {"stable", "watch", "act"}


def test_a_scheme_without_tiers_has_none_in_bundle_and_summary(refused: Training) -> None:
    assert refused.bundle.tiers is None
    assert refused.summary["tiers"] is None

"""A later year is judged by what happened in it, and a doubled cost is mended by a change of scale."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.data.io import Tables
from riskkit.risk.line import solve_shift
from riskkit.risk.model import OutcomeModel
from riskkit.workflow import drift as drift_module
from riskkit.workflow.drift import DriftFinding, check_drift, find_feature_drift, judge_inputs
from riskkit.workflow.members import FeaturePlan, Members
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.scheme_file import DriftBlock, RunBlock
from riskkit.workflow.train import train_outcomes

DAY = pd.Timestamp("2024-01-01")
BLOCK = DriftBlock(index_date=DAY.date(), stable=(0.75, 1.33), refuse=(0.33, 3.0), reference="test")
RUN = RunBlock(seed=0, n_bootstrap=50)


@pytest.fixture(scope="module")
def models(scheme: Scheme, known: Members, tables: Tables, plan: FeaturePlan) -> dict[str, OutcomeModel]:
    return {name: trained.model for name, trained in train_outcomes(scheme, known, tables, plan).items()}


@pytest.fixture(scope="module")
def later(known: Members) -> Members:
    """The members of the test year, whose outcomes are in the data."""
    return known.at(known.cohort["index_date"] == DAY)


@pytest.fixture
def check(
    models: dict[str, OutcomeModel], later: Members, tables: Tables, tmp_path: Path
) -> Callable[..., DriftFinding]:
    """Judge a model on the later year, in which every amount is `times` what it was."""

    def judge(times: float, *, outcome: str = "payment_cost", block: DriftBlock = BLOCK) -> DriftFinding:
        changed = {}
        for name, day in (("medical_claim", "start_date"), ("pharmacy_claim", "fill_date")):
            frame = pd.read_parquet(tables.paths[name])
            late = pd.to_datetime(frame[day]) >= DAY
            for amount in ("allowed_amount", "paid_amount"):
                frame[amount] = frame[amount].where(~late, frame[amount] * times)
            changed[name] = tmp_path / f"{name}.parquet"
            frame.to_parquet(changed[name], index=False)
        moved = replace(tables, paths={**tables.paths, **changed})
        return check_drift(models[outcome], later, moved, block=block, run=RUN)

    return judge


def test_a_year_like_the_others_keeps_the_model_as_it_is(
    check: Callable[..., DriftFinding], models: dict[str, OutcomeModel]
) -> None:
    found = check(1.0)
    assert found.report["verdict"] == "stable"
    assert found.report["after"] is None
    assert found.model is models["payment_cost"]
    assert found.report["message"].endswith("It is kept.")


def test_a_doubled_cost_is_recalibrated_and_holds_on_persons_that_the_calibrator_has_not_seen(
    check: Callable[..., DriftFinding],
) -> None:
    unchanged, doubled = check(1.0).report, check(2.0)
    report = doubled.report
    assert report["verdict"] == "recalibrate"
    # Twice the cost against the same prediction is twice the ratio.
    assert report["oe_ratio"] == pytest.approx(2 * unchanged["oe_ratio"], rel=1e-9)
    assert report["before"]["oe_ratio"]["value"] == pytest.approx(report["oe_ratio"], rel=1e-9)
    assert BLOCK.stable[0] <= report["after"]["oe_ratio"]["value"] <= BLOCK.stable[1]
    assert "It is recalibrated on half of the persons" in report["message"]


def test_a_recalibrated_model_keeps_its_trees_and_predicts_about_twice_as_much(
    check: Callable[..., DriftFinding], models: dict[str, OutcomeModel], later: Members
) -> None:
    renewed = check(2.0).model
    assert renewed.booster_texts == models["payment_cost"].booster_texts
    before, after = (model.predict(later.features).mean() for model in (models["payment_cost"], renewed))
    assert after / before == pytest.approx(2.0, rel=0.25)


def test_the_update_and_its_power_are_said_and_only_made_where_the_verdict_asks(
    check: Callable[..., DriftFinding],
) -> None:
    stable, moved, refused = (check(times).report for times in (1.0, 2.0, 10.0))
    assert (stable["update"]["made"], moved["update"]["made"], refused["update"]) == (False, True, None)
    update = moved["update"]
    # twice the cost is far beyond what half of the persons can tell from chance, whatever its shape
    assert update["tests"][0]["p_value"] < 0.05
    assert update["choice"] != "keep"
    # both halves vary: the error of one after a fit on the other is the root of 2 times that of one
    assert update["oe_error_of_other_half"] == pytest.approx(2**0.5 * update["oe_error"])
    assert f"finds an error of {update['detectable']:.0%} of the level" in moved["message"]


@pytest.fixture
def hidden(
    models: dict[str, OutcomeModel], later: Members, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> Callable[[float], tuple[DriftFinding, OutcomeModel, Members]]:
    """Judge admission on members who come 10 times, whose logits spread `slope` times what is said, on its level."""

    def judge(slope: float) -> tuple[DriftFinding, OutcomeModel, Members]:
        frames = [
            pd.concat(
                [frame.assign(person_id=frame["person_id"] + f"-{copy}") for copy in range(10)], ignore_index=True
            )
            for frame in (later.cohort, later.features)
        ]
        many = Members(*frames, later.flow)
        # four times the spread of a model of some hundred members, so that a slope is to be seen at all
        flat = models["admission"].predict(many.features)
        centre = float(np.log(flat / (1 - flat)).mean())
        sharp = replace(models["admission"], calibrator=models["admission"].calibrator.then(-3 * centre, 4.0))
        said = sharp.predict(many.features)
        margin = slope * np.log(said / (1 - said))
        one = np.ones_like(margin)
        chance = 1 / (1 + np.exp(-(margin + solve_shift(margin, said, one, kind="binary"))))
        hit = (np.random.default_rng(2).random(len(chance)) < chance).astype(float)
        labels = many.cohort[["person_id", "index_date"]].assign(observed=hit, weight=1.0)
        monkeypatch.setattr(drift_module, "label_members", lambda *_, **__: labels)
        return check_drift(sharp, many, tables, block=BLOCK, run=RUN), sharp, many

    return judge


def test_a_slope_that_a_stable_level_hides_is_mended_and_said(
    hidden: Callable[[float], tuple[DriftFinding, OutcomeModel, Members]],
) -> None:
    found, sharp, many = hidden(0.5)
    report = found.report
    assert (report["verdict"], report["update"]["choice"], report["update"]["made"]) == ("stable", "slope", True)
    # planted: the odds spread half as far as the model says, with the mean that it says
    assert report["oe_ratio"] == pytest.approx(1.0, abs=0.1)
    assert report["before"]["calibration_slope"]["value"] == pytest.approx(0.5, abs=0.2)
    assert report["after"]["calibration_slope"]["value"] == pytest.approx(1.0, abs=0.3)
    before, after = (model.predict(many.features) for model in (sharp, found.model))
    spread = np.std(np.log(after / (1 - after))) / np.std(np.log(before / (1 - before)))
    assert spread == pytest.approx(0.5, abs=0.2)
    assert "within the stable band, but the closed test rejects the map as it is (p = " in report["message"]
    assert "its level is shifted and its slope stretched" in report["message"]
    assert report["message"].endswith(" before).")


def test_a_stable_year_whose_map_holds_changes_nothing(
    hidden: Callable[[float], tuple[DriftFinding, OutcomeModel, Members]],
) -> None:
    found, sharp, _ = hidden(1.0)
    assert (found.report["verdict"], found.report["update"]["choice"]) == ("stable", "keep")
    assert (found.report["update"]["made"], found.report["after"]) == (False, None)
    assert found.model is sharp
    assert found.report["message"].endswith("It is kept.")


@pytest.mark.parametrize(
    ("times", "words"), [(10.0, "It is refused: do not score or pay on it"), (0.0, "predicts something and nothing")]
)
def test_a_cost_beyond_the_refusal_band_is_refused_in_plain_words(
    times: float, words: str, check: Callable[..., DriftFinding], models: dict[str, OutcomeModel]
) -> None:
    found = check(times)
    assert found.report["verdict"] == "refuse"
    assert found.model is models["payment_cost"]
    assert words in found.report["message"]


@pytest.mark.parametrize("times", [0.0, 2.0])
def test_a_report_can_always_be_written_as_json(times: float, check: Callable[..., DriftFinding]) -> None:
    assert json.loads(json.dumps(check(times).report, allow_nan=False))["members"] > 600


def test_amounts_say_nothing_about_admissions(check: Callable[..., DriftFinding]) -> None:
    once, twice = (check(times, outcome="admission").report["oe_ratio"] for times in (1.0, 2.0))
    assert once == twice


def test_a_lost_ranking_is_refused_whatever_the_scale(check: Callable[..., DriftFinding]) -> None:
    demanding = BLOCK.model_copy(update={"minimum_gini": 0.99})
    found = check(1.0, block=demanding).report
    assert (found["verdict"], "ranking is lost" in found["message"]) == ("refuse", True)


def test_the_features_that_moved_most_come_first_and_are_ten_at_most() -> None:
    same = {f"f{number:02d}": [float(row % 4) for row in range(40)] for number in range(12)}
    keys = {"person_id": [f"P{row}" for row in range(40)], "index_date": DAY}
    before = pd.DataFrame({**keys, **same})
    after = before.assign(f11=5.0)
    moved = find_feature_drift(before, after)
    assert len(moved) == 10
    assert (moved[0]["feature"], moved[0]["verdict"]) == ("f11", "act")
    # Equal shares have an index of 0 and stand by name.
    assert [row["feature"] for row in moved[1:4]] == ["f00", "f01", "f02"]
    assert all(row["psi"] == 0 for row in moved[1:])


def test_the_inputs_speak_before_any_outcome_is_known(
    models: dict[str, OutcomeModel], known: Members, later: Members
) -> None:
    same = judge_inputs(models["payment_cost"], known, later, BLOCK)
    assert same["verdict"] == "stable"
    assert same["mean_ratio"] == pytest.approx(1)
    sicker = later.features.assign(dcsi_total_confirmed_730d=later.features["dcsi_total_confirmed_730d"] + 4)
    moved = judge_inputs(models["payment_cost"], known, Members(later.cohort, sicker, later.flow), BLOCK)
    assert moved["verdict"] == "act"
    assert moved["moved"][0]["feature"] == "dcsi_total_confirmed_730d"
    assert moved["mean_ratio"] > 1
    json.dumps(moved, allow_nan=False)

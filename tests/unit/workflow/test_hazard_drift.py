"""A later year judges each horizon that has closed, whatever the number of members, and mends the maps of its steps."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskkit.data.io import Tables
from riskkit.data.quality import QualityReport
from riskkit.risk.hazard_fit import fit_hazard
from riskkit.risk.hazard_model import HazardModel
from riskkit.risk.line import solve_shift
from riskkit.workflow import hazard_drift as hazard_drift_module
from riskkit.workflow.drift import judge_inputs
from riskkit.workflow.hazard_drift import HazardFinding, check_hazard_drift
from riskkit.workflow.members import Members
from riskkit.workflow.scheme_file import DriftBlock, RunBlock
from tests.unit.risk.hazard_rows import NAMES, make_hazard_spec, make_times

DAY = pd.Timestamp("2024-01-01")
BLOCK = DriftBlock(index_date=DAY.date(), stable=(0.8, 1.25), refuse=(0.33, 3.0), reference="test")
RUN = RunBlock(seed=0, n_bootstrap=20)
N = 3000
NOTHING = QualityReport(())


@pytest.fixture(scope="module")
def model() -> HazardModel:
    train, calibration = make_times(3000), make_times(4000, seed=10, prefix="q")
    return fit_hazard(
        make_hazard_spec(calibration={"methods": ["sigmoid"]}),
        train.frame,
        calibration.frame,
        feature_names=NAMES,
        directions={},
        num_threads=1,
    )


@pytest.fixture(scope="module")
def later() -> Members:
    features = make_times(N, seed=30, prefix="l").frame.features.assign(index_date=DAY)
    cohort = features[["person_id", "index_date"]].assign(age_years=60 + 10 * features["age_years"])
    return Members(cohort, features, pd.DataFrame())


def label(model: HazardModel, members: Members, times: tuple[float, float], most: float, seed: int = 0) -> pd.DataFrame:
    """Draw a year in which each step's chance is `times` what the model says, followed over `most` days."""
    steps = model.predict_steps(members.features)
    chance = np.column_stack([model.calibrators[place].apply(steps[:, place]) * times[place] for place in range(2)])
    hit = np.random.default_rng(seed).random(chance.shape) < chance
    days = np.minimum(np.where(hit[:, 0], 100.0, np.where(hit[:, 1], 700.0, 1095.0)), most)
    cause = (hit.any(axis=1) & (np.where(hit[:, 0], 100.0, 700.0) < most)).astype(float)
    keys = members.cohort[["person_id", "index_date"]]
    return keys.assign(cause=cause, followed_days=days, risk_set=True)


@pytest.fixture(scope="module")
def judge(model: HazardModel, later: Members) -> Callable[..., HazardFinding]:
    found: dict[object, HazardFinding] = {}

    def check(times: tuple[float, float], *, most: float = 1095.0, copies: int = 1) -> HazardFinding:
        key = (times, most, copies)
        if key not in found:
            labels = label(model, later, times, most)
            parts = [
                [frame.assign(person_id=frame["person_id"] + f"-{number}") for number in range(copies)]
                for frame in (later.cohort, later.features, labels)
            ]
            cohort, features, labels = (pd.concat(part, ignore_index=True) for part in parts)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(hazard_drift_module, "label_members", lambda *_, **__: labels)
                members = Members(cohort, features, later.flow)
                found[key] = check_hazard_drift(model, members, Tables({}, NOTHING, {}), block=BLOCK, run=RUN)
        return found[key]

    return check


def test_a_year_as_the_model_says_is_stable_at_both_horizons(
    judge: Callable[..., HazardFinding], model: HazardModel
) -> None:
    found = judge((1.0, 1.0))
    assert [report["verdict"] for report in found.reports.values()] == ["stable", "stable"]
    assert found.model == model
    assert found.not_judged == {}
    for report in found.reports.values():
        assert report["after"] is None
        assert report["update"]["made"] is False
        assert report["message"].endswith("It is kept.")
        # nobody leaves early: the incidence is the plain share
        assert report["before"]["oe_ratio"]["value"] == report["oe_ratio"]


def test_a_horizon_that_has_not_closed_is_not_judged_and_keeps_the_map_of_its_step(
    judge: Callable[..., HazardFinding], model: HazardModel
) -> None:
    found = judge((0.5, 1.0), most=365.0)
    assert list(found.reports) == ["outcome_1y"]
    assert found.not_judged == {"outcome_3y": "the longest follow-up is 365 days, expected 1095"}
    assert found.reports["outcome_1y"]["verdict"] == "recalibrate"
    assert found.model.calibrators[0] != model.calibrators[0]
    assert found.model.calibrators[1] == model.calibrators[1]


def test_a_halved_first_year_is_mended_and_horizons_stay_in_order(
    judge: Callable[..., HazardFinding], model: HazardModel, later: Members
) -> None:
    found = judge((0.5, 1.0))
    first, third = found.reports["outcome_1y"], found.reports["outcome_3y"]
    # half of what the model says: O/E .5, with some 130 events give or take .09
    assert first["oe_ratio"] == pytest.approx(0.5, abs=0.1)
    assert first["expected_ratio"] == pytest.approx(1 / first["oe_ratio"])
    for report in (first, third):
        low, high = (report["after"]["oe_ratio"][side] for side in ("low", "high"))
        assert low < 1 < high
        assert report["left"] is False
    # the step of the second and third year holds as planted: the third year is mended by the first
    assert [report["update"]["made"] for report in (first, third)] == [True, False]
    assert "for the time since the horizon before" in third["message"]
    assert "for the time since" not in first["message"]
    before, after = model.predict(later.features), found.model.predict(later.features)
    assert after[:, 0].mean() / before[:, 0].mean() == pytest.approx(0.5, abs=0.1)
    assert (after[:, 0] <= after[:, 1]).all()
    assert found.model.booster_texts == model.booster_texts


def test_a_slope_of_the_first_step_that_a_stable_level_hides_is_mended(
    model: HazardModel, later: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    # planted: in the first year the odds spread half as far as the map says, with the mean that it says
    frames = (pd.concat([frame] * 6, ignore_index=True) for frame in (later.cohort, later.features))
    names = [f"m{row}" for row in range(6 * N)]
    many = Members(*(frame.assign(person_id=names) for frame in frames), later.flow)
    steps = model.predict_steps(many.features)
    said = model.calibrators[0].apply(steps[:, 0])
    margin = 0.5 * np.log(said / (1 - said))
    chance = 1 / (1 + np.exp(-(margin + solve_shift(margin, said, np.ones(6 * N), kind="binary"))))
    labels = label(model, many, (0.0, 1.0), 1095.0)
    hit = np.random.default_rng(4).random(6 * N) < chance
    early = {"cause": labels["cause"].mask(hit, 1.0), "followed_days": labels["followed_days"].mask(hit, 100.0)}
    monkeypatch.setattr(hazard_drift_module, "label_members", lambda *_, **__: labels.assign(**early))
    found = check_hazard_drift(model, many, Tables({}, NOTHING, {}), block=BLOCK, run=RUN)
    first, third = found.reports["outcome_1y"], found.reports["outcome_3y"]
    assert (first["verdict"], first["update"]["choice"], first["update"]["made"]) == ("stable", "slope", True)
    assert "but the closed test rejects the map as it is" in first["message"]
    assert third["after"] is not None  # its risk holds that of the first year
    mended = found.model.calibrators[0].apply(steps[:, 0])
    spread = np.std(np.log(mended / (1 - mended))) / np.std(np.log(said / (1 - said)))
    assert spread == pytest.approx(0.5, abs=0.2)


def test_a_later_step_alone_is_mended_where_the_first_horizon_holds(
    judge: Callable[..., HazardFinding], model: HazardModel
) -> None:
    found = judge((1.0, 0.3))
    assert [report["verdict"] for report in found.reports.values()] == ["stable", "recalibrate"]
    assert found.model.calibrators[0] == model.calibrators[0]
    assert found.model.calibrators[1] != model.calibrators[1]


@pytest.mark.parametrize("times", [(1.0, 1.0), (0.5, 1.0)])
def test_the_same_shift_gets_the_same_verdict_from_four_times_the_members(
    times: tuple[float, float], judge: Callable[..., HazardFinding]
) -> None:
    small, large = judge(times), judge(times, copies=4)
    for name, report in small.reports.items():
        other = large.reports[name]
        assert other["oe_ratio"] == pytest.approx(report["oe_ratio"], rel=1e-9)
        assert other["verdict"] == report["verdict"]
        assert other["high"] - other["low"] < report["high"] - report["low"]


def test_where_a_horizon_is_refused_nothing_is_changed(judge: Callable[..., HazardFinding], model: HazardModel) -> None:
    found = judge((0.1, 1.0))
    first, third = found.reports["outcome_1y"], found.reports["outcome_3y"]
    assert first["verdict"] == "refuse"
    assert "It is refused: do not score or pay on it" in first["message"]
    assert (first["update"], first["after"], third["after"]) == (None, None, None)
    assert found.model == model
    assert third["verdict"] == "recalibrate"
    assert "another horizon of the same model is refused" in third["message"]


def test_a_step_without_an_event_cannot_be_tested_and_keeps_its_map(
    judge: Callable[..., HazardFinding], model: HazardModel
) -> None:
    found = judge((1.0, 0.0))
    third = found.reports["outcome_3y"]
    assert third["verdict"] == "recalibrate"
    assert third["update"] is None
    assert "its own step cannot be tested" in third["message"]
    assert found.model == model


@pytest.mark.parametrize("times", [(1.0, 1.0), (0.5, 1.0), (0.1, 1.0), (0.0, 0.0), (0.0, 1.0), (1.0, 0.0)])
def test_a_report_can_always_be_written_as_json(
    times: tuple[float, float], judge: Callable[..., HazardFinding]
) -> None:
    reports = judge(times).reports
    assert json.loads(json.dumps(reports, allow_nan=False))["outcome_3y"]["members"] == N


def test_the_inputs_of_a_horizon_speak_before_any_outcome_and_the_interval_is_no_feature(
    model: HazardModel, later: Members
) -> None:
    column = model.columns["outcome_3y"]
    assert judge_inputs(column, later, later, BLOCK)["verdict"] == "stable"
    older = later.features.assign(age_years=later.features["age_years"] + 3)
    moved = judge_inputs(column, later, replace(later, features=older), BLOCK)
    assert moved["verdict"] == "act"
    assert moved["moved"][0]["feature"] == "age_years"
    assert moved["mean_ratio"] > 1

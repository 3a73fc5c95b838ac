"""A fitted hazard: horizons in order and calibrated, the same bytes for the same rows, stored and read whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.errors import DataContractError, LeakageError
from riskkit.risk.hazard_fit import calibrate_hazard, fit_hazard
from riskkit.risk.hazard_frame import TimeFrame
from riskkit.risk.hazard_horizons import join_horizons, split_horizons
from riskkit.risk.hazard_model import HazardModel, HorizonModel, list_columns, list_stored, predict_columns
from riskkit.risk.recalibration import Calibrator
from riskkit.risk.store import read_model, write_model
from tests.unit.risk.hazard_rows import NAMES, Known, make_hazard_spec, make_times


@pytest.fixture(scope="module")
def train() -> Known:
    return make_times(3000)


@pytest.fixture(scope="module")
def calibration() -> Known:
    return make_times(3000, seed=10, prefix="q")


def fit(train: TimeFrame, calibration: TimeFrame, **blocks: object) -> HazardModel:
    return fit_hazard(
        make_hazard_spec(**blocks), train, calibration, feature_names=NAMES, directions={"age_years": 1}, num_threads=1
    )


@pytest.fixture(scope="module")
def model(train: Known, calibration: Known) -> HazardModel:
    return fit(train.frame, calibration.frame)


def test_rows_in_another_order_make_the_same_bytes(model: HazardModel, train: Known, calibration: Known) -> None:
    order = np.random.default_rng(3).permutation(3000)
    again = fit(train.frame.take(order), calibration.frame.take(order))
    assert again.booster_texts == model.booster_texts
    assert again.calibrators == model.calibrators
    assert again.metadata == model.metadata


def test_each_horizon_is_calibrated_to_what_the_weighted_rows_say(model: HazardModel, calibration: Known) -> None:
    found = model.predict(calibration.frame.features)
    for place, days in enumerate((365, 1095)):
        rows = calibration.frame.at(place, days)
        observed = np.average(rows.observed, weights=rows.weight)
        # every map ties the sums of its own step; only the joining of steps leaves a difference
        assert found[:, place].mean() == pytest.approx(observed, rel=0.02)


def test_calibration_mends_trees_that_say_twice_too_much(model: HazardModel) -> None:
    # Everyone is followed to the end; of every other event it turns out that it was a death.
    full = make_times(4000, seed=20, prefix="r", censored=False).frame
    cause = full.rows.observed.copy()
    cause[np.flatnonzero(cause == 1)[::2]] = 2
    thinned = replace(full, rows=replace(full.rows, observed=cause))
    found = calibrate_hazard(model, thinned, num_threads=1).predict(full.features)
    for place, days in enumerate((365, 1095)):
        assert found[:, place].mean() == pytest.approx(thinned.has_event(days).mean(), rel=0.02)
    assert (np.diff(found, axis=1) >= 0).all()


def test_columns_are_named_by_horizon_and_predict_what_the_model_predicts(model: HazardModel) -> None:
    features = make_times(50, seed=7).frame.features
    columns = list_columns(model)
    assert list(columns) == ["outcome_1y", "outcome_3y"]
    together = model.predict(features)
    for place, (name, column) in enumerate(columns.items()):
        assert isinstance(column, HorizonModel)
        assert (column.spec.name, column.spec.kind, column.spec.horizon_days) == (name, "binary", (365, 1095)[place])
        np.testing.assert_array_equal(column.predict(features), together[:, place])
    assert list_stored(columns) == {"outcome": model}
    found = predict_columns(columns, features)
    np.testing.assert_array_equal(np.column_stack(list(found.values())), together)
    assert columns["outcome_3y"].spec.title == "Outcome within 3 years"


def test_a_member_is_scored_alike_alone_and_in_company(model: HazardModel) -> None:
    features = make_times(30, seed=7).frame.features
    together = model.predict(features)
    alone = np.concatenate([model.predict(features.iloc[[i]]) for i in range(30)])
    np.testing.assert_array_equal(together, alone)


def test_a_stored_hazard_predicts_the_same_numbers(model: HazardModel, tmp_path: Path) -> None:
    features = make_times(50, seed=8).frame.features
    again = read_model(write_model(model, tmp_path / "outcome"))
    assert again == model
    np.testing.assert_array_equal(again.predict(features), model.predict(features))
    names = {file.name for file in (tmp_path / "outcome").iterdir()}
    assert names == {"model.lgb", "death.lgb", "calibrator.json", "manifest.json"}


def test_a_horizon_that_nobody_was_followed_to_keeps_the_trees_own_figure(train: Known, calibration: Known) -> None:
    # The calibration rows end after 400 days: enough for the first year, nothing to say of the third.
    frame = calibration.frame
    short = frame.followed_days > 400
    cause = np.where(short, 0.0, frame.rows.observed)
    weight = np.where(short[:, None] & np.array([[False, True]]), 0.0, frame.censoring_weight)
    weight[:, 1] = np.where(cause == 0, 0.0, weight[:, 1])
    cut = TimeFrame(replace(frame.rows, observed=cause), np.minimum(frame.followed_days, 400), weight)
    model = fit(train.frame, cut)
    assert model.metadata["not_calibrated"] == ["outcome_3y"]
    assert model.calibrators[1] == Calibrator("binary", "identity")


def test_early_stopping_chooses_the_trees_of_each_cause(train: Known, calibration: Known) -> None:
    blocks = {"early_stopping_rounds": 3, "n_estimators": 300, "learning_rate": 0.5}
    model = fit(train.frame, calibration.frame, model=blocks)
    assert all(0 < count < 300 for count in model.metadata["n_trees"])


def test_a_row_on_both_sides_and_weights_of_other_horizons_are_refused(train: Known, calibration: Known) -> None:
    with pytest.raises(LeakageError, match="in both train and calibration"):
        fit(train.frame, train.frame)
    with pytest.raises(DataContractError, match="for 2 horizons, expected 1"):
        fit(train.frame, calibration.frame, horizons_days=(1095,))


STEPS = st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1, max_size=20)
MAPS = st.tuples(*[st.tuples(st.floats(-3, 3), st.floats(0.05, 10))] * 3)


@settings(max_examples=100, deadline=None)
@given(steps=STEPS, maps=MAPS)
def test_whatever_the_maps_no_horizon_has_a_lower_risk_than_the_one_before(
    steps: list[tuple[float, ...]], maps: tuple[tuple[float, float], ...]
) -> None:
    parts = np.array(steps)
    lines = [Calibrator("binary", "sigmoid", intercept=a, slope=b) for a, b in maps]
    risk = join_horizons(np.column_stack([line.apply(part) for line, part in zip(lines, parts.T, strict=True)]))
    assert (np.diff(risk, axis=1) >= 0).all()
    assert ((risk >= 0) & (risk <= 1)).all()
    again = join_horizons(split_horizons(risk))
    np.testing.assert_allclose(again, risk, atol=1e-9)

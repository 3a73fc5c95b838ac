"""The yearly update of a hazard: each step's map changes as little as asked, and horizons stay in order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.risk.calibrator import Calibrator
from riskkit.risk.hazard_fit import fit_hazard
from riskkit.risk.hazard_frame import TimeFrame
from riskkit.risk.hazard_model import HazardModel
from riskkit.risk.hazard_update import find_hazard_update, update_hazard
from riskkit.risk.updating import Choice
from tests.unit.risk.hazard_rows import NAMES, make_hazard_spec, make_times

HORIZONS = (365, 1095)


@pytest.fixture(scope="module")
def model() -> HazardModel:
    train, calibration = make_times(3000), make_times(6000, seed=10, prefix="q")
    return fit_hazard(
        make_hazard_spec(calibration={"methods": ["sigmoid"]}),
        train.frame,
        calibration.frame,
        feature_names=NAMES,
        directions={},
        num_threads=1,
    )


def draw(model: HazardModel, *, times: tuple[float, float] = (1.0, 1.0), seed: int = 0) -> TimeFrame:
    """Draw a year in which each step's chance is `times` what the model says; all are followed to the end."""
    rows = make_times(6000, seed=30, prefix="l").frame.rows
    steps = model.predict_steps(rows.features)
    chance = np.column_stack([model.calibrators[place].apply(steps[:, place]) * times[place] for place in range(2)])
    hit = np.random.default_rng(seed).random(chance.shape) < chance
    cause = hit.any(axis=1).astype(float)
    days = np.where(hit[:, 0], 100.0, np.where(hit[:, 1], 700.0, 1095.0))
    return TimeFrame(replace(rows, observed=cause), days, np.ones((6000, 2)))


def test_a_year_as_the_model_says_keeps_every_step(model: HazardModel) -> None:
    later = draw(model)
    for place in range(2):
        assert find_hazard_update(model, later, place).choice == "keep"
    assert update_hazard(model, later, {0: "keep", 1: "keep"}) == model


def test_each_step_is_tested_on_the_time_since_the_horizon_before(model: HazardModel) -> None:
    # half of the events after the first year do not happen: the first step holds, the second is off by 2
    moved = draw(model, times=(1.0, 0.5))
    assert find_hazard_update(model, moved, 0).choice == "keep"
    second = find_hazard_update(model, moved, 1)
    assert second.choice != "keep"
    assert second.events == int((moved.followed_days == 700).sum())


@pytest.mark.parametrize("choice", ["intercept", "slope", "refit"])
def test_an_updated_step_sums_to_what_its_weighted_rows_say(choice: Choice, model: HazardModel) -> None:
    moved = draw(model, times=(1.0, 0.5))
    renewed = update_hazard(model, moved, {1: choice})
    assert renewed.booster_texts == model.booster_texts
    assert renewed.calibrators[0] == model.calibrators[0]
    rows = moved.at(1, HORIZONS[1])
    free = ~moved.has_event(HORIZONS[0])
    step = renewed.calibrators[1].apply(renewed.predict_steps(moved.features)[:, 1])
    weight = np.where(free, rows.weight, 0.0)
    assert np.average(step, weights=weight) == pytest.approx(np.average(rows.observed, weights=weight), rel=1e-6)


def test_a_step_that_is_not_named_keeps_its_map_though_its_horizon_moves(
    model: HazardModel,
) -> None:
    moved = draw(model, times=(0.5, 1.0))
    renewed = update_hazard(model, moved, {0: "intercept"})
    before, after = model.predict(moved.features), renewed.predict(moved.features)
    assert renewed.calibrators[1] == model.calibrators[1]
    # P(3) = P(1) + (1 - P(1)) g: it falls with P(1), by less, because who has no event yet may have it later
    assert (after < before).all()
    assert ((before - after)[:, 0] > (before - after)[:, 1]).all()


LINES = st.tuples(*[st.tuples(st.floats(-4, 4), st.floats(0.05, 8))] * 2)


@settings(max_examples=25, deadline=None)
@given(first=LINES, update=LINES)
def test_no_calibration_and_no_update_turns_two_horizons_round(
    first: tuple[tuple[float, float], ...], update: tuple[tuple[float, float], ...], model: HazardModel
) -> None:
    maps = [
        Calibrator("binary", "sigmoid", intercept=a, slope=b).then(*line)
        for (a, b), line in zip(first, update, strict=True)
    ]
    features = make_times(200, seed=7).frame.features
    found = replace(model, calibrators=tuple(maps)).predict(features)
    assert (found[:, 0] <= found[:, 1]).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_a_step_that_a_later_year_gives_a_map_is_no_longer_called_uncalibrated(model: HazardModel) -> None:
    bare = replace(model, metadata={**model.metadata, "not_calibrated": ["outcome_3y"]})
    later = draw(model, times=(1.0, 0.5))
    assert update_hazard(bare, later, {1: "keep"}) == bare
    assert update_hazard(bare, later, {0: "intercept"}).metadata["not_calibrated"] == ["outcome_3y"]
    assert update_hazard(bare, later, {1: "intercept"}).metadata["not_calibrated"] == []


def test_no_map_is_a_candidate_of_every_step_even_where_it_is_not_listed(model: HazardModel) -> None:
    assert [set(calibrator.losses) for calibrator in model.calibrators] == [{"identity", "sigmoid"}] * 2

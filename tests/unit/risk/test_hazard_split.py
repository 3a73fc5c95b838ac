"""Contributions of a hazard: exact in their sum, sensible in their sign, slopes as differences say."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from riskkit.risk.competing import compute_cumulative_incidence
from riskkit.risk.hazard_fit import fit_hazard
from riskkit.risk.hazard_horizons import split_horizons
from riskkit.risk.hazard_margins import compute_hazards
from riskkit.risk.hazard_model import HazardModel
from riskkit.risk.hazard_split import attribute_risk, compute_step_slopes
from riskkit.risk.links import compute_logit
from tests.unit.risk.hazard_rows import NAMES, make_hazard_spec, make_times


@pytest.fixture(scope="module")
def model() -> HazardModel:
    train, calibration = make_times(3000), make_times(3000, seed=10, prefix="q")
    spec = make_hazard_spec(calibration={"methods": ["isotonic"], "events_for_isotonic": 1})
    return fit_hazard(spec, train.frame, calibration.frame, feature_names=NAMES, directions={}, num_threads=1)


@pytest.mark.parametrize("place", [0, 1])
def test_base_and_contributions_sum_to_the_calibrated_risk(model: HazardModel, place: int) -> None:
    features = make_times(500, seed=30).frame.features
    base, parts = attribute_risk(model, features, place, num_threads=1)
    assert len(set(base.tolist())) == 1
    np.testing.assert_allclose(base + parts.sum(axis=1), model.predict(features)[:, place], atol=1e-9, rtol=0)


def test_a_member_is_explained_alike_alone_and_in_company(model: HazardModel) -> None:
    features = make_times(10, seed=31).frame.features
    _, together = attribute_risk(model, features, 1)
    alone = np.concatenate([attribute_risk(model, features.iloc[[i]], 1)[1] for i in range(10)])
    np.testing.assert_allclose(alone, together, atol=1e-14)


def test_what_raises_the_event_is_said_to_raise_it(model: HazardModel) -> None:
    features = make_times(400, seed=32).frame.features
    for place in (0, 1):
        _, parts = attribute_risk(model, features, place)
        age = features["age_years"].to_numpy()
        assert (parts[age > 1, 0] > 0).all()
        assert (parts[age < -1, 0] < 0).all()
        # the noise of the data moves little beside what was put into it
        assert np.abs(parts[:, 2]).mean() < 0.3 * np.abs(parts[:, 0]).mean()


def test_a_higher_hazard_of_death_lowers_the_risk_of_the_event() -> None:
    margins = np.random.default_rng(0).normal(-2, 1, (2, 20, 6))
    _, slope = compute_step_slopes(margins, np.array([2, 5]))
    assert (slope[0, 0, :, :3] > 0).all()
    assert (slope[0, 1, :, :3] < 0).all()
    assert (slope[0, :, :, 3:] == 0).all()


def test_slopes_are_those_of_small_differences() -> None:
    margins, ends = np.random.default_rng(1).normal(-1, 1, (2, 4, 5)), np.array([1, 4])

    def steps(moved: np.ndarray) -> np.ndarray:
        return compute_logit(split_horizons(compute_cumulative_incidence(*compute_hazards(moved))[:, ends])).T

    value, slope = compute_step_slopes(margins, ends)
    np.testing.assert_allclose(value, steps(margins), atol=1e-12)
    for cause in (0, 1):
        for interval in range(5):
            move = np.zeros_like(margins)
            move[cause, :, interval] = 1e-5
            difference = (steps(margins + move) - steps(margins - move)) / 2e-5
            np.testing.assert_allclose(slope[:, cause, :, interval], difference, atol=1e-6)


def test_values_from_elsewhere_are_used_as_they_come(model: HazardModel) -> None:
    features = make_times(20, seed=33).frame.features
    asked: list[int] = []

    def explain(booster: lightgbm.Booster, matrix: np.ndarray, num_threads: int) -> np.ndarray:
        asked.append(len(matrix))
        return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=num_threads))

    for found, own in zip(
        attribute_risk(model, features, 1, explain=explain), attribute_risk(model, features, 1), strict=True
    ):
        np.testing.assert_array_equal(found, own)
    # three years are twelve quarters: every booster is asked once, for each of the 20 members in each of them
    assert set(asked) == {12 * 20}

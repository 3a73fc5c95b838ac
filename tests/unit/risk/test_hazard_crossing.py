"""Trees that have followed a member into the calibration year do not predict that member for the map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskkit.risk.hazard import HazardClassifier
from riskkit.risk.hazard_crossing import FOLDS, predict_apart, runs_into
from riskkit.risk.hazard_fit import fit_hazard
from riskkit.risk.hazard_frame import TimeFrame
from riskkit.risk.matrix import ModelFrame, assign_folds
from riskkit.risk.training import TreeSettings
from tests.unit.risk.hazard_rows import NAMES, make_hazard_spec, make_times

YEAR = 365.0


def make_frame(persons: list[str], day: str, days: list[float], cause: list[float]) -> TimeFrame:
    features = pd.DataFrame({"person_id": persons, "index_date": pd.Timestamp(day), "x": 0.0})
    rows = ModelFrame(features, np.array(cause), np.ones(len(days)))
    return TimeFrame(rows, np.array(days), np.ones((len(days), 1)))


@pytest.mark.parametrize(
    ("person", "days", "longest", "found"),
    [
        ("a", 400.0, 1095.0, True),  # followed to 5 February 2022, calibrated on from 1 January
        ("a", 365.0, 1095.0, False),  # ends on the very day
        ("a", 400.0, 365.0, False),  # the trees look no further than a year
        ("b", 400.0, 1095.0, False),  # another person
    ],
)
def test_only_the_follow_up_of_the_same_person_past_the_day_counts(
    person: str, days: float, longest: float, found: bool
) -> None:
    train = make_frame(["a"], "2021-01-01", [days], [0])
    calibration = make_frame([person], "2022-01-01", [100], [1])
    assert runs_into(train, calibration, longest) is found


@pytest.fixture(scope="module")
def overlapping() -> tuple[TimeFrame, TimeFrame]:
    """Members with a risk of their own that no feature knows but a name: followed two years, and again from the second.

    The feature `noise` is the same in both years and tells each member apart, so that trees can learn by heart.
    """
    rng = np.random.default_rng(0)
    n = 3000
    x, noise = rng.normal(size=n), rng.normal(size=n)
    to_event = rng.exponential(YEAR / (0.1 * np.exp(0.6 * x)))
    names = [f"p{row:05d}" for row in range(n)]
    features = pd.DataFrame({"person_id": names, "index_date": pd.Timestamp("2021-01-01"), "x": x, "noise": noise})

    def frame(start: float, most: float, day: str) -> TimeFrame:
        here = to_event >= start
        days = np.minimum(to_event[here] - start, most)
        cause = (to_event[here] - start < most).astype(float)
        rows = features[here].reset_index(drop=True).assign(index_date=pd.Timestamp(day))
        return TimeFrame(ModelFrame(rows, cause, np.ones(len(days))), days, np.ones((len(days), 1)))

    return frame(0.0, 2 * YEAR, "2021-01-01"), frame(YEAR, YEAR, "2022-01-01")


def test_no_member_is_predicted_by_trees_that_saw_what_became_of_it(overlapping: tuple[TimeFrame, TimeFrame]) -> None:
    train, calibration = overlapping
    estimator = HazardClassifier(TreeSettings(n_estimators=5, min_child_samples=20), horizons_days=(730,))
    x = train.features[["x", "noise"]]
    estimator.fit(x, train.times)
    steps = predict_apart(estimator, x, train, calibration)
    assert steps is not None
    folds = assign_folds(
        pd.concat([train.rows.groups, calibration.rows.groups]), n_folds=FOLDS, seed=estimator.random_state
    )
    # other events for the members of one fold move the steps of the others and none of their own
    cause = np.where(folds[: len(x)] == 0, 1.0 - train.rows.observed, train.rows.observed)
    other = predict_apart(estimator, x, replace(train, rows=replace(train.rows, observed=cause)), calibration)
    assert other is not None
    own = folds[len(x) :] == 0
    np.testing.assert_array_equal(other[own], steps[own])
    assert (other[~own] != steps[~own]).any()


def test_a_map_is_not_stretched_by_what_the_trees_learnt_by_heart(overlapping: tuple[TimeFrame, TimeFrame]) -> None:
    train, calibration = overlapping
    spec = make_hazard_spec(
        horizon_days=730,
        horizons_days=[365, 730],
        model={"n_estimators": 120, "num_leaves": 31, "min_child_samples": 20, "learning_rate": 0.1},
        calibration={"methods": ["sigmoid"]},
    )
    later = replace(calibration, censoring_weight=np.ones((len(calibration.followed_days), 2)))
    before = replace(train, censoring_weight=np.ones((len(train.followed_days), 2)))
    options = {"feature_names": ["x", "noise"], "directions": {}, "num_threads": 1}
    model = fit_hazard(spec, before, later, **options)
    assert model.metadata["calibrated_apart"] is True
    # overgrown trees are too sure of themselves: an honest map shrinks them, one of rows they know stretches them
    alone = calibration.features.assign(person_id=[f"q{row}" for row in range(len(calibration.followed_days))])
    fooled = fit_hazard(spec, before, replace(later, rows=replace(later.rows, features=alone)), **options)
    assert fooled.metadata["calibrated_apart"] is False
    assert model.calibrators[0].slope < 1 < fooled.calibrators[0].slope


def test_rows_of_other_persons_are_predicted_by_all_trees() -> None:
    train, calibration = make_times(800), make_times(800, seed=10, prefix="q")
    model = fit_hazard(make_hazard_spec(), train.frame, calibration.frame, feature_names=NAMES, directions={})
    assert model.metadata["calibrated_apart"] is False


def test_too_few_events_to_leave_a_part_out_leave_the_models_own_figures() -> None:
    train = make_frame(list("abcdef"), "2021-01-01", [100, *[730] * 5], [1, *[0] * 5])
    estimator = HazardClassifier(TreeSettings(n_estimators=2, min_child_samples=1), horizons_days=(730,))
    x = train.features[["x"]]
    estimator.fit(x, train.times)
    assert predict_apart(estimator, x, train, make_frame(["b"], "2022-01-01", [300], [0])) is None

"""Rows of a hazard: sorted and taken together, read as a binary outcome at a horizon, refused where they cannot be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.risk.hazard_frame import TimeFrame
from riskkit.risk.matrix import ModelFrame


@pytest.fixture
def frame() -> TimeFrame:
    """One with an event on day 100, one dead on day 50, one who left on day 200, one followed a year; ids backwards."""
    features = pd.DataFrame({"person_id": list("dcba"), "index_date": pd.Timestamp("2020-01-01"), "x": [1.0, 2, 3, 4]})
    rows = ModelFrame(features, np.array([1.0, 2, 0, 0]), np.array([1.0, 1, 1, 2]))
    return TimeFrame(rows, np.array([100.0, 50, 200, 365]), np.array([[1.0, 1.5], [1, 1], [0, 0], [1.2, 2]]))


def test_at_a_horizon_who_left_weighs_nothing_and_who_died_has_no_event(frame: TimeFrame) -> None:
    rows = frame.at(1, 365)
    assert rows.observed.tolist() == [1, 0, 0, 0]
    # member weight times censoring weight
    assert rows.weight.tolist() == [1.5, 1, 0, 4]
    assert frame.at(0, 100).observed.tolist() == [0, 0, 0, 0]


def test_rows_stay_together_when_sorted(frame: TimeFrame) -> None:
    found = frame.sort()
    assert found.features["person_id"].tolist() == list("abcd")
    assert found.followed_days.tolist() == [365, 200, 50, 100]
    assert found.censoring_weight[:, 1].tolist() == [2, 0, 1, 1.5]
    assert found.sort() is found


def test_weights_that_are_no_weights_are_refused(frame: TimeFrame) -> None:
    with pytest.raises(DataContractError, match="expected a row per member"):
        replace(frame, censoring_weight=np.ones((3, 2)))
    with pytest.raises(DataContractError, match="missing or negative"):
        replace(frame, censoring_weight=-np.ones((4, 2)))
    with pytest.raises(DataContractError, match="negative number"):
        replace(frame, followed_days=np.array([1.0, 2, 3, -1]))

"""Lifestyle is the latest of all the past, and enters no rate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from riskkit.features.lifestyle import lifestyle_features


def test_the_latest_word_stands_however_old(compute: Callable[..., dict[str, float]]) -> None:
    labs = [
        {"date": "2012-05-01", "analyte": "polygenic_score", "value": 1.5},
        {"date": "2019-05-01", "analyte": "smoking", "value": 2.0},
        {"date": "2021-05-01", "analyte": "smoking", "value": 1.0},
        {"date": "2024-01-01", "analyte": "smoking", "value": 0.0},
    ]
    names = ["smoking_latest", "polygenic_score_latest", "alcohol_latest", "activity_latest"]
    found = list(compute(names, lab_result=labs).values())
    assert np.array_equal(found, [1.0, 1.5, np.nan, np.nan], equal_nan=True)


def test_nothing_said_or_inherited_enters_a_rate() -> None:
    assert {(feature.policy, feature.direction) for feature in lifestyle_features()} == {("clinical", 0)}

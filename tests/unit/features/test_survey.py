"""A survey is the last year's word, and enters no rate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from riskkit.features.survey import survey_features


def test_the_last_years_word_stands_and_an_older_one_does_not(compute: Callable[..., dict[str, float]]) -> None:
    labs = [
        {"date": "2023-12-31", "analyte": "stated_disease_index", "value": 11.5},
        {"date": "2022-12-31", "analyte": "stated_disease_index", "value": 9.0},
        {"date": "2022-12-31", "analyte": "stated_income", "value": 9000.0},
        {"date": "2024-01-01", "analyte": "stated_family_size", "value": 4.0},
    ]
    names = ["stated_disease_index_365d", "stated_income_365d", "stated_family_size_365d"]
    found = list(compute(names, lab_result=labs).values())
    # Of 31 December 2022 the window of 365 days before 1 January 2024 sees nothing; of the index date no one does.
    assert np.array_equal(found, [11.5, np.nan, np.nan], equal_nan=True)


def test_nothing_that_a_member_states_enters_a_rate() -> None:
    assert {feature.policy for feature in survey_features()} == {"clinical"}

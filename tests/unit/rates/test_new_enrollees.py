"""Members without a history are rated by age and sex; a gap in what they are rated by is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from riskkit.errors import DataContractError
from riskkit.rates.new_enrollees import (
    NewEnrollees,
    compute_demographic_scores,
    find_new_enrollees,
    fit_demographic_scores,
)

Number = Callable[[float], dict[str, Any]]


@pytest.fixture
def block(number: Number) -> NewEnrollees:
    return NewEnrollees.model_validate(
        {"column": "enrolled_months_365d", "lookback": number(12), "ages": [number(45), number(65)]}
    )


@pytest.fixture
def history(members: pd.DataFrame) -> pd.DataFrame:
    return members.assign(enrolled_months_365d=[12.0, 12.0, 3.0], age_years=[44.0, 45.0, 70.0], is_female=[1.0, 1, 0])


def test_twelve_months_are_enough(block: NewEnrollees, history: pd.DataFrame) -> None:
    assert find_new_enrollees(block, history).tolist() == [False, False, True]


def test_the_table_is_of_those_with_a_history_and_has_mean_one_over_them(
    block: NewEnrollees, history: pd.DataFrame
) -> None:
    # 4,000 and 6,000 over 12 months each: mean 5,000; the 8,000 of the new member counts nowhere
    assert fit_demographic_scores(block, history) == {"F youngest": 0.8, "F 45+": 1.2}


def test_a_cell_that_nobody_was_in_is_rated_at_one(block: NewEnrollees, history: pd.DataFrame) -> None:
    scores = compute_demographic_scores(block, history, {"F youngest": 0.8, "F 45+": 1.2})
    assert scores.tolist() == [0.8, 1.2, 1.0]


@pytest.mark.parametrize("column", ["enrolled_months_365d", "age_years", "is_female"])
def test_a_gap_is_refused(column: str, block: NewEnrollees, history: pd.DataFrame) -> None:
    gap = history.assign(**{column: [np.nan, *history[column][1:]]})
    with pytest.raises(DataContractError, match=f"{column} is missing for 1 of"):
        fit_demographic_scores(block, gap)


def test_a_population_without_history_and_bands_out_of_order_are_refused(
    block: NewEnrollees, history: pd.DataFrame, number: Number
) -> None:
    with pytest.raises(DataContractError, match="none of 3 members has 12 months of look-back"):
        fit_demographic_scores(block, history.assign(enrolled_months_365d=1.0))
    with pytest.raises(ValidationError, match="must rise from band to band"):
        NewEnrollees.model_validate({"column": "x", "lookback": number(12), "ages": [number(65), number(45)]})

"""New enrollees: members with too short a look-back are rated by age and sex alone, on a scale of their own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import Field, field_validator

from riskkit.errors import DataContractError
from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.rates.members import as_floats, look_up
from riskkit.rates.relative_risk import weighted_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class NewEnrollees(PolicyModel):
    """Who counts as new, and the age bands of their table (step 2).

    Parameters
    ----------
    column : str
        Column with the months of enrolment before the index date, such as ``"enrolled_months_365d"``.
    lookback : PolicyNumber
        Months below which a member is new.
    ages : tuple of PolicyNumber
        Ages at which a band begins, rising; a first band of the younger stands before them.
    """

    column: str
    lookback: PolicyNumber
    ages: tuple[PolicyNumber, ...] = Field(min_length=1)

    @field_validator("ages")
    @classmethod
    def _rising(cls, ages: tuple[PolicyNumber, ...]) -> tuple[PolicyNumber, ...]:
        found = [age.value for age in ages]
        if found != sorted(set(found)):
            message = f"must rise from band to band, got {found}. Correct their order"
            raise ValueError(message)
        return ages

    @property
    def columns(self) -> list[str]:
        """Columns of the members that the table reads."""
        return [self.column, "age_years", "is_female"]


def find_new_enrollees(block: NewEnrollees, members: pd.DataFrame) -> NDArray[np.bool_]:
    """Mark the members whose look-back is too short for the model.

    Parameters
    ----------
    block : NewEnrollees
        The limit.
    members : pandas.DataFrame of shape (n_members, n_columns)
        The block's column.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        True for a new enrollee.

    Raises
    ------
    DataContractError
        If a look-back is missing: the full model would pay a new member as a healthy one.
    """
    lookback = _complete(members, block.column)
    return lookback < block.lookback.value


def fit_demographic_scores(block: NewEnrollees, members: pd.DataFrame) -> dict[str, float]:
    """Fit the table on the members with a full look-back: the mean cost of a cell over the mean of them all.

    Parameters
    ----------
    block : NewEnrollees
        Limit and age bands.
    members : pandas.DataFrame of shape (n_members, n_columns)
        `expected_cost`, `exposure_months`, `age_years`, `is_female` and the block's column.

    Returns
    -------
    dict of str to float
        Score by cell; a cell that nobody is in has no entry and is rated at 1.

    Raises
    ------
    DataContractError
        If nobody with a full look-back has exposure.
    """
    old = ~find_new_enrollees(block, members) & (as_floats(members, "exposure_months") > 0)
    if not old.any():
        message = (
            f"rates: none of {len(members)} members has {block.lookback.value:g} months of look-back and exposure. "
            "Fit the rates on a population that has a history."
        )
        raise DataContractError(message)
    known = members[old]
    cost, months = as_floats(known, "expected_cost"), as_floats(known, "exposure_months")
    names = _name_cells(block, known)
    mean = weighted_mean(cost, months)
    found = {}
    for cell in sorted(set(names.tolist())):
        inside = names == cell
        found[str(cell)] = weighted_mean(cost[inside], months[inside]) / mean
    return found


def compute_demographic_scores(
    block: NewEnrollees, members: pd.DataFrame, scores: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return the score of each member's cell of age and sex.

    Parameters
    ----------
    block : NewEnrollees
        The age bands.
    members : pandas.DataFrame of shape (n_members, n_columns)
        `age_years`, `is_female`.
    scores : mapping of str to float
        What `fit_demographic_scores` returned.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Scores; 1 for a cell that nobody was in.
    """
    found = look_up(pd.Series(_name_cells(block, members)), scores)
    return np.where(np.isnan(found), 1.0, found)


def _name_cells(block: NewEnrollees, members: pd.DataFrame) -> NDArray[np.object_]:
    """Name the cell of each member, such as ``F 65+``."""
    starts = [-math.inf, *(age.value for age in block.ages)]
    band = np.searchsorted(np.array(starts), _complete(members, "age_years"), side="right") - 1
    labels = np.array(["youngest", *(f"{start:g}+" for start in starts[1:])], dtype=object)
    sex = np.where(_complete(members, "is_female") > 0, "F ", "M ").astype(object)
    cells: NDArray[np.object_] = sex + labels[band]
    return cells


def _complete(members: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Return a column without a gap."""
    values = as_floats(members, column)
    if not np.isfinite(values).all():
        message = (
            f"rates: {column} is missing for {np.isnan(values).sum()} of {len(values)} members, and new enrollees are "
            "rated by it. Correct the members."
        )
        raise DataContractError(message)
    return values

"""Splits: which rows train, calibrate and test, by time or by whole persons, checked before anything is fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, LeakageError
from riskkit.risk.matrix import assign_folds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskkit.workflow.scheme_file import SplitBlock


@dataclass(frozen=True)
class Split:
    """Row positions of one split.

    Parameters
    ----------
    train, calibration, test : numpy.ndarray of int
        Positions in the cohort; `test` is empty for the split that only fits the model that is kept.
    """

    train: NDArray[np.int64]
    calibration: NDArray[np.int64]
    test: NDArray[np.int64]


@dataclass(frozen=True)
class SplitPlan:
    """Splits to evaluate on, and the one whose model is kept.

    Parameters
    ----------
    evaluation : tuple of Split
        Each test row stands in exactly one of them.
    kept : Split
        The split of the model that is kept. Of persons a yes or no or a cost does not need it: it keeps trees grown on
        everybody, calibrated on what the tests said (`crossed`). A hazard does.
    """

    evaluation: tuple[Split, ...]
    kept: Split

    @property
    def crossed(self) -> bool:
        """Whether the model that is kept is none of those that are tested."""
        return not any(split is self.kept for split in self.evaluation)


def plan_splits(cohort: pd.DataFrame, block: SplitBlock, seed: int) -> SplitPlan:
    """Deal the rows of a cohort.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    block : SplitBlock
        ``"time"``: train on the index dates up to the last but two, calibrate on the last but one, test on the last.
        ``"persons"``: `folds` groups of persons are tested in turn, each calibrated on the next group and trained on
        the rest; for every four tested groups one more is never tested, and is what tuning may look at.
    seed : int
        Seed of the deal.

    Returns
    -------
    SplitPlan
        The splits.

    Raises
    ------
    DataContractError
        If a part is empty, or a split by time has fewer than three index dates.
    LeakageError
        If, under ``"persons"``, a person is on both sides.
    """
    plan = _by_time(cohort) if block.method == "time" else _by_persons(cohort, block.folds, seed)
    for split in (*plan.evaluation, plan.kept):
        if not len(split.train) or not len(split.calibration):
            message = f"split: {len(cohort)} rows leave no rows to train or calibrate on. Give more members or years."
            raise DataContractError(message)
        if block.method == "persons":
            _refuse_shared_persons(cohort, split)
    return plan


def tuning_rows(cohort: pd.DataFrame, block: SplitBlock, plan: SplitPlan, seed: int) -> NDArray[np.int64]:
    """Return the rows that a search for parameters may see: none that is ever tested.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    block : SplitBlock
        The split block.
    plan : SplitPlan
        The splits.
    seed : int
        Seed of the deal.

    Returns
    -------
    numpy.ndarray of int
        Positions in the cohort.
    """
    if block.method == "time":
        return plan.kept.train
    return np.flatnonzero(_deal(cohort, block.folds, seed) >= block.folds)


def _by_time(cohort: pd.DataFrame) -> SplitPlan:
    years = np.sort(cohort["index_date"].unique())
    if len(years) < 3:
        message = f"split: rows at {len(years)} index dates, expected three or more. Add years, or split by 'persons'."
        raise DataContractError(message)
    index = cohort["index_date"].to_numpy()
    train = np.flatnonzero(index <= years[-3])
    split = Split(train, np.flatnonzero(index == years[-2]), np.flatnonzero(index == years[-1]))
    return SplitPlan((split,), split)


def _by_persons(cohort: pd.DataFrame, folds: int, seed: int) -> SplitPlan:
    fold = _deal(cohort, folds, seed)
    nobody = np.empty(0, dtype=np.int64)
    splits = []
    for test in range(folds):
        calibration = (test + 1) % folds
        train = np.flatnonzero((fold != test) & (fold != calibration))
        splits.append(Split(train, np.flatnonzero(fold == calibration), np.flatnonzero(fold == test)))
    kept = Split(np.flatnonzero(fold != 0), np.flatnonzero(fold == 0), nobody)
    return SplitPlan(tuple(splits), kept)


def _deal(cohort: pd.DataFrame, folds: int, seed: int) -> NDArray[np.int64]:
    """Deal whole persons to the tested folds and, for every four of them, to one more that is never tested."""
    return assign_folds(cohort["person_id"], n_folds=folds + max(folds // 4, 1), seed=seed)


def _refuse_shared_persons(cohort: pd.DataFrame, split: Split) -> None:
    person = cohort["person_id"]
    parts = [set(person.iloc[rows]) for rows in (split.train, split.calibration, split.test)]
    shared = (parts[0] & parts[1]) | (parts[0] & parts[2]) | (parts[1] & parts[2])
    if shared:
        message = f"split: {len(shared)} persons are on both sides, expected none. Deal whole persons, not rows."
        raise LeakageError(message)

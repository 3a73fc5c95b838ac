"""Splits keep persons and years apart, test each row once, and leave the tested rows out of the tuning."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, LeakageError
from riskkit.workflow import split as split_module
from riskkit.workflow.scheme_file import SplitBlock
from riskkit.workflow.split import plan_splits, tuning_rows

PERSONS, TIME = SplitBlock(method="persons", folds=5), SplitBlock(method="time")


def make_rows(n_persons: int = 60, years: tuple[int, ...] = (2021, 2022, 2023, 2024)) -> pd.DataFrame:
    """Every person at every year, by person and year."""
    rows = [(f"P{number:03d}", pd.Timestamp(year, 1, 1)) for number in range(n_persons) for year in years]
    return pd.DataFrame(rows, columns=["person_id", "index_date"])


def test_no_person_stands_on_two_sides_of_a_split_by_persons() -> None:
    rows = make_rows()
    plan = plan_splits(rows, PERSONS, seed=3)
    for split in (*plan.evaluation, plan.kept):
        sides = [set(rows["person_id"].iloc[part]) for part in (split.train, split.calibration, split.test)]
        assert not sides[0] & sides[1]
        assert not sides[2] & (sides[0] | sides[1])


def test_each_row_of_the_tested_persons_is_tested_exactly_once() -> None:
    rows = make_rows()
    plan = plan_splits(rows, PERSONS, seed=3)
    times = np.bincount(np.concatenate([split.test for split in plan.evaluation]), minlength=len(rows))
    kept_apart = tuning_rows(rows, PERSONS, plan, seed=3)
    # 60 persons in 5 + 1 groups: 10 persons of 4 years are never tested.
    assert len(kept_apart) == 40
    assert np.flatnonzero(times == 0).tolist() == kept_apart.tolist()
    assert times.max() == 1


@pytest.mark.parametrize(("folds", "apart"), [(3, 1), (5, 1), (8, 2), (20, 5)])
def test_for_every_four_groups_that_are_tested_one_more_is_kept_for_the_tuning(folds: int, apart: int) -> None:
    rows, block = make_rows(n_persons=2 * (folds + apart), years=(2024,)), SplitBlock(method="persons", folds=folds)
    plan = plan_splits(rows, block, seed=0)
    # Two persons to a group, one row to a person.
    assert len(tuning_rows(rows, block, plan, seed=0)) == 2 * apart
    assert sum(len(split.test) for split in plan.evaluation) == 2 * folds


def test_the_kept_model_of_a_split_by_persons_has_read_every_row_and_tests_none() -> None:
    rows = make_rows()
    kept = plan_splits(rows, PERSONS, seed=3).kept
    assert sorted([*kept.train, *kept.calibration]) == list(range(len(rows)))
    assert len(kept.test) == 0


@pytest.mark.parametrize("block", [PERSONS, TIME], ids=["persons", "time"])
def test_no_row_that_is_tested_is_seen_by_the_tuning(block: SplitBlock) -> None:
    rows = make_rows()
    plan = plan_splits(rows, block, seed=1)
    tested = {int(row) for split in plan.evaluation for row in split.test}
    seen = tuning_rows(rows, block, plan, seed=1)
    assert len(seen)
    assert not tested & set(seen.tolist())


def test_a_split_by_time_trains_calibrates_and_tests_in_that_order() -> None:
    rows = make_rows(n_persons=3)
    plan = plan_splits(rows, TIME, seed=0)
    years = {
        name: sorted(set(rows["index_date"].iloc[getattr(plan.kept, name)].dt.year))
        for name in ("train", "calibration", "test")
    }
    assert years == {"train": [2021, 2022], "calibration": [2023], "test": [2024]}
    assert plan.evaluation == (plan.kept,)


def test_the_deal_follows_the_person_and_not_the_order_of_the_rows() -> None:
    rows = make_rows()
    turned = rows.iloc[::-1].reset_index(drop=True)
    first, second = (plan_splits(frame, PERSONS, seed=7).evaluation[0].test for frame in (rows, turned))
    assert set(rows["person_id"].iloc[first]) == set(turned["person_id"].iloc[second])


def test_a_person_dealt_to_both_sides_is_a_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_rows(groups: pd.Series[str], *, n_folds: int, seed: int) -> np.ndarray:
        return np.arange(len(groups)) % n_folds

    monkeypatch.setattr(split_module, "assign_folds", by_rows)
    # Rows 4p to 4p + 3 go to groups (4p + k) mod 6. With group 0 tested and 1 calibrating, the persons of p mod 3 = 2
    # stand in groups 2 to 5 alone, all of them training; the other 40 of 60 are on more than one side.
    with pytest.raises(LeakageError, match="40 persons are on both sides"):
        plan_splits(make_rows(), PERSONS, seed=0)


def test_years_without_rows_are_not_made_up_for_by_earlier_ones() -> None:
    with pytest.raises(DataContractError, match="rows at 2 index dates, expected three or more"):
        plan_splits(make_rows(years=(2021, 2022)), TIME, seed=0)


def test_too_few_persons_for_every_part_are_refused() -> None:
    with pytest.raises(DataContractError, match="no rows to train or calibrate on"):
        plan_splits(make_rows(n_persons=1), PERSONS, seed=0)

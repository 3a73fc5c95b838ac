"""An evaluation on rows that taught the models says so before any figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from riskkit.workflow.bundle import read_bundle, write_bundle
from riskkit.workflow.evaluate import Effort, evaluate_source
from riskkit.workflow.learnt import Learnt, find_learnt, say_learnt
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.training import Training


def cohort_at(*days: str) -> pd.DataFrame:
    return pd.DataFrame({"index_date": pd.to_datetime(list(days))})


YEARS = cohort_at("2023-01-01", "2021-01-01", "2022-01-01", "2021-01-01")


def split_by(scheme: Scheme, method: str) -> Scheme:
    file = scheme.file
    return replace(scheme, file=file.model_copy(update={"split": file.split.model_copy(update={"method": method})}))


def test_a_split_by_time_learns_from_all_dates_but_the_last_and_one_by_persons_from_all(scheme: Scheme) -> None:
    first, second, last = (date(year, 1, 1) for year in (2021, 2022, 2023))
    assert find_learnt(split_by(scheme, "time"), YEARS, None) == Learnt("time", (first, second))
    assert find_learnt(split_by(scheme, "persons"), YEARS, None) == Learnt("persons", (first, second, last))


@pytest.mark.parametrize(("update", "taught"), [(None, False), ({"made": False}, False), ({"made": True}, True)])
def test_a_later_year_teaches_where_a_model_was_recalibrated_on_it(
    update: dict[str, bool] | None, taught: bool, scheme: Scheme
) -> None:
    drift = {"index_date": "2025-01-01", "outcomes": {"admission": {"update": update}}}
    assert (date(2025, 1, 1) in find_learnt(split_by(scheme, "time"), YEARS, drift).dates) == taught


def test_any_day_between_the_first_and_the_last_discharge_may_have_taught(scheme: Scheme) -> None:
    learnt = find_learnt(split_by(scheme, "persons"), YEARS.assign(claim_id="C"), None)
    assert learnt.find_shared(cohort_at("2020-12-31", "2021-06-05", "2023-01-02")) == [date(2021, 6, 5)]


def test_what_is_said_names_dates_and_split() -> None:
    learnt = Learnt("persons", (date(2021, 1, 1), date(2022, 1, 1)))
    text = say_learnt(learnt, YEARS)
    assert text is not None
    assert text.startswith("NOT OF UNSEEN MEMBERS, unless the source holds other persons")
    assert "learnt (split by persons) from the rows of 2021-01-01, 2022-01-01" in text
    assert say_learnt(learnt, cohort_at("2023-01-01")) is None


def test_the_bundle_keeps_it_and_one_that_does_not_say_counts_every_date(training: Training, tmp_path: Path) -> None:
    kept = read_bundle(write_bundle(training.bundle, tmp_path / "new"))
    assert kept.learnt == Learnt("time", tuple(date(year, 1, 1) for year in (2021, 2022, 2023)))
    old = read_bundle(write_bundle(replace(training.bundle, taught_by=None), tmp_path / "old"))
    assert old.learnt == Learnt("unknown", tuple(date(year, 1, 1) for year in (2021, 2022, 2023, 2024)))
    assert "the models may have learnt from the rows of 2024-01-01" in str(
        say_learnt(old.learnt, cohort_at("2024-01-01"))
    )


@pytest.mark.parametrize(("day", "seen"), [(date(2022, 1, 1), True), (date(2024, 1, 1), False)])
def test_an_evaluation_on_a_date_of_the_training_says_so_first(
    day: date, seen: bool, training: Training, source: Path, tmp_path: Path
) -> None:
    found = evaluate_source(training.bundle, source, tmp_path / "out", index_dates=[day], effort=Effort(n_bootstrap=20))
    assert next(iter(found)) == "seen"
    assert (found["seen"] is not None) == seen

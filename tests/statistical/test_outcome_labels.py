"""Labels of the synthetic cohort happen as often as its process says, by rules that know nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.cohort.eligibility import CohortSpec, build_annual_cohort
from riskkit.data.codes import read_code_lists
from riskkit.data.synthetic import make_cohort
from riskkit.risk.spec import read_outcome_spec
from riskkit.workflow.labels import LABELS, LabelTask

MODELS = Path(__file__).parents[2] / "models"
OUTCOMES = (
    *("nephropathy", "retinopathy", "neuropathy", "cerebrovascular", "cardiovascular", "foot_pvd"),
    *("metabolic_crisis", "severe_hypoglycaemia", "diabetes_admission", "avoidable_admission", "death"),
)


@dataclass
class Book:
    """Members at index dates with two whole years behind them, their tables and the truth."""

    cohort: pd.DataFrame
    tables: dict[str, Path]
    truth: pd.DataFrame
    code_lists: pd.DataFrame


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    made = make_cohort(n_persons=6_000, years=5, seed=11)
    folder = tmp_path_factory.mktemp("labels")
    for name, frame in made.tables.items():
        frame.to_parquet(folder / f"{name}.parquet")
    spec = CohortSpec(index_dates=(date(2022, 1, 1), date(2023, 1, 1), date(2024, 1, 1)))
    cohort, _ = build_annual_cohort(made.tables["person"], made.tables["enrollment"], spec, spec.index_dates)
    paths = {name: folder / f"{name}.parquet" for name in made.tables}
    return Book(cohort, paths, made.truth, read_code_lists(MODELS / "codelists"))


@pytest.mark.parametrize("name", OUTCOMES)
def test_events_of_the_risk_set_come_as_often_as_the_truth_says(book: Book, name: str) -> None:
    # One year: the truth's state holds for a year. Weighted for leaving, within three standard errors.
    spec = read_outcome_spec(MODELS / "outcomes" / f"{name}.toml").model_copy(update={"horizon_days": 365})
    labels = LABELS[spec.label](LabelTask(book.cohort, book.tables, spec, book.code_lists))
    held = labels[labels["weight"].gt(0)].merge(book.truth, on=["person_id", "index_date"], validate="one_to_one")
    known = held[held[name].notna()]
    # A member whose complication nobody wrote down in two years is taken for free of it: hardly any.
    assert len(known) >= 0.999 * len(held)
    chance, weight = known[name], known["weight"]
    error = np.sqrt((weight**2 * chance * (1 - chance)).sum()) / weight.sum()
    observed = np.average(known["observed"], weights=weight)
    assert abs(observed - np.average(chance, weights=weight)) < 3 * error

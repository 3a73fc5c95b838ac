"""A kept bundle held against a source that it has not seen: horizons under censoring, and those not closed."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.data.io import Tables, write_tables
from riskkit.data.synthetic import make_cohort
from riskkit.errors import DataContractError
from riskkit.risk.hazard_fit import fit_hazard
from riskkit.risk.matrix import assign_folds
from riskkit.workflow.bundle import Bundle
from riskkit.workflow.evaluate import Effort, evaluate_source
from riskkit.workflow.hazard_members import find_hazard_members
from riskkit.workflow.members import FeaturePlan, Members, label_members
from riskkit.workflow.scheme import Scheme, read_scheme
from tests.unit.workflow.test_train_hazard import FIRST, HAZARD

EFFORT = Effort(n_bootstrap=20)


@pytest.fixture(scope="module")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four hundred other members over five years: of 2022-01-01 three years have closed, of 2024-01-01 one."""
    return write_tables(make_cohort(400, 5, 7).tables, tmp_path_factory.mktemp("unseen") / "native")


@pytest.fixture(scope="module")
def bundle(start: Path, known: Members, plan: FeaturePlan, tables: Tables) -> Bundle:
    """A bundle of death as a member within one and three years."""
    file = start / "pipelines" / "evaluated.toml"
    text = (start / "pipelines" / "synthetic.toml").read_text(encoding="utf-8")
    file.write_text(text.replace(FIRST, HAZARD + FIRST), encoding="utf-8")
    scheme: Scheme = read_scheme(file, tuning_trials=0, n_bootstrap=20)
    spec = scheme.outcomes[0]
    labels = label_members(known.cohort, tables, spec)
    held = find_hazard_members(spec, known.cohort, known.features, labels)
    half = assign_folds(held.labels["person_id"], n_folds=2, seed=0)
    parts = [held.frame(np.flatnonzero(half == number)) for number in (0, 1)]
    return Bundle(
        scheme="hazard",
        currency="CNY",
        adapter="native",
        cohort=scheme.file.cohort,
        catalogue=plan.chosen,
        code_lists=plan.code_lists,
        models={**fit_hazard(spec, *parts, feature_names=["age_years"], directions={}).columns},
    )


def test_every_horizon_that_closed_is_measured_and_every_row_accounted_for(
    bundle: Bundle, unseen: Path, tmp_path: Path
) -> None:
    found = evaluate_source(bundle, unseen, tmp_path / "out", index_dates=[date(2022, 1, 1)], effort=EFFORT)
    assert found["seen"].startswith("NOT OF UNSEEN MEMBERS, unless the source holds other persons")
    assert list(found["outcomes"]) == ["mortality_1y", "mortality_3y"]
    assert found["not_measured"] == {}
    first, third = (found["outcomes"][f"mortality_{years}y"] for years in (1, 3))
    assert first["title"] == "Death within 1 year"
    assert first["events"] <= third["events"]
    for one in (first, third):
        account = one["follow_up"]
        assert account["rows_in"] == account["rows_evaluated"] == one["test_members"]
        assert account["dropped_for_censoring"] == 0
        assert one["test"]["auroc"] == account["auroc"]
        assert one["test"]["oe_ratio"] == account["oe_ratio"]
        assert one["test"]["calibration_slope"]["value"] is not None
    rows = pd.read_parquet(tmp_path / "out" / "predictions.parquet")
    wide = rows.pivot_table(index="person_id", columns="outcome", values="predicted")
    assert (wide["mortality_1y"] <= wide["mortality_3y"]).all()
    left = rows[(rows["outcome"] == "mortality_3y") & (rows["weight"] == 0)]
    assert len(left) == third["follow_up"]["left_before_horizon"]
    kept = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert kept["outcomes"]["mortality_3y"] == third
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert '<section id="outcome-mortality_1y"' in page
    assert '<section id="outcome-mortality_3y"' in page


def test_a_horizon_that_has_not_closed_is_named_with_the_reason(bundle: Bundle, unseen: Path, tmp_path: Path) -> None:
    found = evaluate_source(bundle, unseen, tmp_path / "out", index_dates=[date(2024, 1, 1)], effort=EFFORT)
    assert "mortality_1y" in found["outcomes"]
    assert "mortality_3y" not in found["outcomes"]
    # 2024 is a leap year: the data end 366 days after the index date
    assert found["not_measured"]["mortality_3y"] == "the longest follow-up is 366 days, expected 1095"
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "mortality_3y: the longest follow-up is 366 days, expected 1095." in page


def test_a_source_on_which_no_horizon_has_closed_is_refused(bundle: Bundle, unseen: Path, tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match="'mortality': no horizon has closed on the source"):
        evaluate_source(bundle, unseen, tmp_path / "out", index_dates=[date(2024, 7, 1)], effort=EFFORT)
    assert not (tmp_path / "out").exists()


def test_a_source_without_an_event_is_measured_all_the_same(bundle: Bundle, unseen: Path, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    shutil.copytree(unseen, alive)
    person = pd.read_parquet(alive / "person.parquet")
    person.assign(death_date=pd.Series(pd.NaT, index=person.index, dtype="datetime64[us]")).to_parquet(
        alive / "person.parquet", index=False
    )
    day = [date(2022, 1, 1)]
    found = evaluate_source(bundle, alive, tmp_path / "out", index_dates=day, effort=EFFORT, other_persons=True)
    # Whoever does not say that the members are others is told that the models may know them.
    assert (found["seen"], found["other_persons"]) == (None, True)
    assert found["outcomes"]["mortality_1y"]["events"] == 0
    # Some ten deaths are expected in three years, fewer in one: none of them is news of the three years alone.
    assert found["outcomes"]["mortality_1y"]["level_p_value"] is None
    assert found["outcomes"]["mortality_3y"]["level_p_value"] < 0.001
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "None of the test members had the event: no figure is shown." in page
    assert "The level of 1 of 2 outcomes is off by more than chance explains. Of 1 there are too few events" in page

"""An outcome is told where the data reach over its whole window, and named with the reason where they do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.io import Tables, conform
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError
from riskkit.risk.spec import OutcomeSpec, read_outcome_spec
from riskkit.workflow.evaluate import Effort, evaluate_source
from riskkit.workflow.members import FeaturePlan, build_members, label_members
from riskkit.workflow.rows_that_count import require_closed
from riskkit.workflow.scheme import Scheme, read_scheme
from riskkit.workflow.training import Training, _judge_drift
from riskkit.workflow.windows import find_open_windows, is_closed

OUTCOMES = Path(__file__).parents[3] / "models" / "outcomes"
EFFORT = Effort(n_bootstrap=20)


def spec_of(name: str) -> OutcomeSpec:
    return read_outcome_spec(OUTCOMES / f"{name}.toml")


@pytest.fixture
def visits() -> dict[str, pd.DataFrame]:
    """One visit, the last record: the data end on 30 December 2025, so that 31 December may not be looked at."""
    days = dict.fromkeys(("start_date", "end_date", "available_date"), "2025-12-30")
    visit = {"claim_id": "C1", "person_id": "a", "setting": "outpatient", "adjustment": "original", **days}
    return {"medical_claim": conform(pd.DataFrame([visit]), TABLES["medical_claim"])}


def cohort_at(*days: str) -> pd.DataFrame:
    return pd.DataFrame({"person_id": "a", "index_date": pd.to_datetime(list(days)).astype("datetime64[us]")})


def test_a_window_closes_with_the_last_record(visits: dict[str, pd.DataFrame]) -> None:
    # 365 days from 31 December 2024 end before 31 December 2025, those from 1 January 2025 a day later.
    cohort = cohort_at("2025-01-01", "2024-12-31")
    for name in ("admission", "next_year_cost", "high_cost", "hba1c_control"):
        assert is_closed(cohort, visits, spec_of(name)).tolist() == [False, True]
    assert find_open_windows(cohort, visits, spec_of("admission")) == {
        pd.Timestamp("2025-01-01"): (
            "the data end on 2025-12-30, expected records to 2025-12-31 for the 365 days from 2025-01-01"
        )
    }


def test_horizons_of_a_hazard_and_windows_of_discharges_close_one_by_one(visits: dict[str, pd.DataFrame]) -> None:
    cohort = cohort_at("2025-12-01")
    for name in ("nephropathy", "readmission"):
        assert is_closed(cohort, visits, spec_of(name)).all()
        assert find_open_windows(cohort, visits, spec_of(name)) == {}


def test_without_a_record_no_day_is_known_to_be_the_last() -> None:
    assert is_closed(cohort_at("2025-12-01"), {}, spec_of("admission")).all()


def test_training_refuses_an_index_date_that_the_data_do_not_cover(visits: dict[str, pd.DataFrame]) -> None:
    require_closed(spec_of("admission"), cohort_at("2024-12-31"), visits)
    with pytest.raises(DataContractError, match=r"'admission': the data end on 2025-12-30.*take the date out"):
        require_closed(spec_of("admission"), cohort_at("2024-12-31", "2025-06-01"), visits)


@pytest.mark.parametrize("name", ["admission", "payment_cost", "high_cost"])
def test_a_member_whose_window_is_open_counts_for_nothing(
    name: str, scheme: Scheme, tables: Tables, plan: FeaturePlan
) -> None:
    # The source ends with 2024; 365 days from 2 January 2024 end with it.
    days = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 7, 1)]
    members = build_members(tables, scheme.file.cohort, plan, index_dates=days)
    labels = label_members(members.cohort, tables, spec_of(name))
    counted = labels["weight"].gt(0).groupby(labels["index_date"]).mean()
    assert counted.iloc[0] > 0.8
    assert counted.iloc[1:].tolist() == [0, 0]


@pytest.mark.parametrize("day", [date(2024, 7, 1), date(2025, 1, 1)])
def test_an_evaluation_in_which_nothing_has_closed_is_one_error(
    day: date, training: Training, source: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataContractError, match=r"no outcome can be measured .*the data end on 2024-12-31"):
        evaluate_source(training.bundle, source, tmp_path / "out", index_dates=[day], effort=EFFORT)
    assert not (tmp_path / "out").exists()


def test_an_open_date_beside_a_closed_one_is_named_and_not_counted(
    training: Training, source: Path, tmp_path: Path
) -> None:
    days = [date(2024, 1, 1), date(2024, 7, 1)]
    both = evaluate_source(training.bundle, source, tmp_path / "both", index_dates=days, effort=EFFORT)
    alone = evaluate_source(training.bundle, source, tmp_path / "alone", index_dates=days[:1], effort=EFFORT)
    assert both["outcomes"] == alone["outcomes"]
    assert list(both["not_measured"]) == [f"{name} at 2024-07-01" for name in training.bundle.models]


def test_a_later_year_that_has_not_closed_is_not_judged_and_refuses_nothing(
    training: Training, tables: Tables, plan: FeaturePlan, start: Path
) -> None:
    text = (start / "pipelines" / "synthetic.toml").read_text(encoding="utf-8")
    drift = '[drift]\nindex_date = 2025-01-01\nstable = [0.9, 1.1]\nrefuse = [0.5, 2.0]\nreference = "test"\n\n[split]'
    file = start / "pipelines" / "later.toml"
    file.write_text(text.replace("[split]", drift, 1), encoding="utf-8")
    later = read_scheme(file, tuning_trials=0, n_bootstrap=20)
    opened = type("Opened", (), {"tables": tables})()
    seen = training.rating
    models, report = _judge_drift(later, opened, plan, (seen, seen), training.trained)
    assert report is not None
    assert report["outcomes"] == {}
    assert report["not_judged"] == list(training.trained)
    assert "the data end on 2024-12-31" in report["open_horizons"]["admission"]["reason"]
    assert models == {name: one.model for name, one in training.trained.items()}

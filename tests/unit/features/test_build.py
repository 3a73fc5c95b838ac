"""One row per member and index date, as it was known then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.data.schemas import TABLES
from riskkit.errors import LeakageError
from riskkit.features.build import LABEL_COLUMNS, build_features
from riskkit.features.catalogue import Catalogue, Feature

Compute = Callable[..., dict[str, float]]
NAMES = ("inpatient_visits_365d", "hba1c_latest_365d", "egfr_latest_730d", "age_years", "dcsi_total_730d")


@pytest.fixture
def cohort() -> pd.DataFrame:
    frame = pd.DataFrame({"person_id": ["b", "a", "a"], "index_date": ["2024-01-01", "2024-01-01", "2023-01-01"]})
    frame = frame.astype({"index_date": "datetime64[us]"})
    frame = frame.assign(as_of_date=frame["index_date"], age_years=[50.0, 60, 59], sex=["female", "male", "male"])
    return frame.assign(urban=True, insurance_type="employee", institution_level=2)


@pytest.fixture
def claims() -> pd.DataFrame:
    day = pd.to_datetime(["2022-06-01", "2023-06-01", "2023-07-01"])
    return pd.DataFrame(
        {
            "claim_id": ["1", "2", "3"],
            "person_id": "a",
            "setting": "inpatient",
            "start_date": day,
            "end_date": day,
            "available_date": day,
            "adjustment": "original",
        }
    )


@pytest.fixture
def build(everything: Catalogue, code_map: pd.DataFrame) -> Callable[..., pd.DataFrame]:
    def run(
        cohort: pd.DataFrame, tables: dict[str, pd.DataFrame | Path], names: tuple[str, ...] = NAMES
    ) -> pd.DataFrame:
        return build_features(cohort, tables, everything.select((), names), everything=everything, code_map=code_map)

    return run


def test_rows_are_sorted_by_key_and_columns_are_the_chosen_ones_as_floats(
    build: Callable[..., pd.DataFrame], cohort: pd.DataFrame, claims: pd.DataFrame
) -> None:
    before = cohort.copy()
    frame = build(cohort, {"medical_claim": claims})
    assert frame["person_id"].tolist() == ["a", "a", "b"]
    assert frame["index_date"].dt.year.tolist() == [2023, 2024, 2024]
    assert frame["inpatient_visits_365d"].tolist() == [1, 2, 0]
    assert set(frame.columns) == {"person_id", "index_date", *NAMES}
    assert (frame[list(NAMES)].dtypes == "float64").all()
    assert frame.index.tolist() == [0, 1, 2]
    pd.testing.assert_frame_equal(cohort, before)


def test_a_table_that_is_absent_is_missing_and_one_without_rows_is_zero(
    build: Callable[..., pd.DataFrame], cohort: pd.DataFrame, claims: pd.DataFrame
) -> None:
    assert build(cohort, {})["inpatient_visits_365d"].isna().all()
    empty = pd.DataFrame(columns=TABLES["medical_claim"].column_names)
    assert build(cohort, {"medical_claim": empty})["inpatient_visits_365d"].tolist() == [0, 0, 0]
    # A member alone is scored as in a file with others, whose tables are not empty.
    alone = build(cohort[:1], {"medical_claim": claims.iloc[:0]})
    together = build(cohort, {"medical_claim": claims})
    pd.testing.assert_frame_equal(alone, together[together["person_id"].eq("b")].reset_index(drop=True))


def test_latest_values_are_missing_where_nothing_was_measured(
    build: Callable[..., pd.DataFrame], cohort: pd.DataFrame
) -> None:
    frame = build(cohort, {"lab_result": pd.DataFrame(columns=TABLES["lab_result"].column_names)})
    assert frame[["hba1c_latest_365d", "egfr_latest_730d"]].isna().all(axis=None)


def test_a_derived_feature_finds_inputs_that_were_not_chosen(compute: Compute) -> None:
    labs = [{"date": "2023-06-01", "analyte": "creatinine", "value": 1.0}]
    # Man of 60 with 1.0 mg/dL: 86.2
    assert compute(["egfr_latest_730d"], lab_result=labs)["egfr_latest_730d"] == pytest.approx(86.2, abs=0.05)


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({}, [60.0, 0.0, 1.0, 1.0, 2.0]),
        ({"sex": "female", "urban": False, "insurance_type": "resident"}, [60.0, 1.0, 0.0, 0.0, 2.0]),
        (
            {"sex": None, "urban": None, "insurance_type": None, "institution_level": None},
            [60.0, np.nan, np.nan, np.nan, np.nan],
        ),
    ],
    ids=["man", "woman", "unknown"],
)
def test_context_becomes_numbers_and_the_unknown_stays_missing(
    compute: Compute, context: dict[str, object], expected: list[float]
) -> None:
    names = ["age_years", "is_female", "is_urban", "is_employee", "institution_level"]
    assert np.array_equal(list(compute(names, context=context).values()), expected, equal_nan=True)


def test_a_cohort_of_nobody_has_no_rows_and_all_columns(
    build: Callable[..., pd.DataFrame], cohort: pd.DataFrame, claims: pd.DataFrame
) -> None:
    frame = build(cohort.iloc[:0], {"medical_claim": claims})
    assert frame.empty
    assert set(frame.columns) == {"person_id", "index_date", *NAMES}


def test_tables_may_be_files(
    build: Callable[..., pd.DataFrame], cohort: pd.DataFrame, claims: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "medical_claim.parquet"
    claims.to_parquet(file)
    pd.testing.assert_frame_equal(
        build(cohort, {"medical_claim": file, "truth": tmp_path / "none"}), build(cohort, {"medical_claim": claims})
    )


@pytest.mark.parametrize("name", sorted(LABEL_COLUMNS))
def test_a_label_is_never_a_feature(name: str, cohort: pd.DataFrame, code_map: pd.DataFrame) -> None:
    leaky = Catalogue((Feature(name, "", "", "", "use", "claims", "count"),))
    with pytest.raises(LeakageError, match=f"'{name}' is a label, not a feature"):
        build_features(cohort, {}, leaky, everything=leaky, code_map=code_map)


def test_progress_names_each_source_and_ends(
    everything: Catalogue, cohort: pd.DataFrame, code_map: pd.DataFrame
) -> None:
    seen: list[tuple[str, int, int]] = []
    chosen = everything.select((), ("inpatient_visits_365d", "hba1c_latest_365d"))
    build_features(
        cohort, {}, chosen, everything=everything, code_map=code_map, progress=lambda *step: seen.append(step)
    )
    assert seen == [("claims", 0, 2), ("labs", 1, 2), ("done", 2, 2)]

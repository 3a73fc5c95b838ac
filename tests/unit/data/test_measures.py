"""A laboratory value stands in its analyte's one unit, or it is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.io import write_tables
from riskkit.data.measures import MEASURES
from riskkit.errors import DataContractError

DAY = pd.Timestamp("2024-03-01")
PERSON = pd.DataFrame({"person_id": ["a"], "birth_date": [pd.Timestamp("1950-01-01")]})


def write_lab(folder: Path, analyte: str, value: float, unit: str) -> Path:
    row = {"record_id": "r", "person_id": "a", "date": DAY, "available_date": DAY}
    lab = pd.DataFrame([{**row, "analyte": analyte, "value": value, "unit": unit}])
    return write_tables({"person": PERSON, "lab_result": lab}, folder / "out")


def test_a_unit_that_no_laboratory_gives_is_refused_and_the_accepted_ones_are_said(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"unit: of hba1c.*found 'g/L', expected % or mmol/mol"):
        write_lab(tmp_path, "hba1c", 53.0, "g/L")


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "expected"),
    [
        # 53 / 10.929 + 2.15 = 4.8495 + 2.15
        ("hba1c", 53.0, "mmol/mol", 6.9995),
        # 5.5 x 18.018
        ("glucose", 5.5, "mmol/L", 99.099),
        ("creatinine", 88.4, "umol/L", 1.0),
        ("creatinine", 88.4, "µmol/L", 1.0),
        # 3.39 / 0.113
        ("uacr", 3.39, "mg/mmol", 30.0),
        # 2.6 x 38.67, 1.7 x 88.57
        ("ldl", 2.6, "mmol/L", 100.542),
        ("triglycerides", 1.7, "mmol/L", 150.569),
        # 6.0 x 2.801, 357 / 59.48
        ("bun", 6.0, "mmol/L", 16.806),
        ("uric_acid", 357.0, "umol/L", 6.00202),
        ("fasting_insulin", 60.0, "pmol/L", 10.0),
        ("c_peptide", 0.5, "nmol/L", 1.51),
        ("hba1c", 7.1, "%", 7.1),
        ("glucose", 99.0, "MG/DL", 99.0),
    ],
)
def test_a_value_in_another_accepted_unit_is_carried_in_the_analytes_own(
    tmp_path: Path, analyte: str, value: float, unit: str, expected: float
) -> None:
    written = pd.read_parquet(write_lab(tmp_path, analyte, value, unit) / "lab_result.parquet")
    assert written["value"].iloc[0] == pytest.approx(expected, rel=1e-5)
    assert written["unit"].iloc[0] == MEASURES[analyte].unit


def test_plausibility_is_judged_after_the_conversion(tmp_path: Path) -> None:
    # 200 mmol/mol is 20.4 %, above 20; 190 is 19.5 %
    with pytest.raises(DataContractError, match=r"value: plausible hba1c.*found '200.0', expected 3 to 20 %"):
        write_lab(tmp_path, "hba1c", 200.0, "mmol/mol")
    assert write_lab(tmp_path, "hba1c", 190.0, "mmol/mol").is_dir()


@pytest.mark.parametrize(("analyte", "value"), [("hba1c", 2.9), ("hba1c", 20.1), ("creatinine", 88.4), ("bmi", -3.0)])
def test_a_value_that_nobody_can_have_is_refused(tmp_path: Path, analyte: str, value: float) -> None:
    with pytest.raises(DataContractError, match=f"value: plausible {analyte}"):
        write_lab(tmp_path, analyte, value, MEASURES[analyte].unit)


@pytest.mark.parametrize("analyte", sorted(MEASURES))
def test_the_bounds_themselves_are_plausible(tmp_path: Path, analyte: str) -> None:
    measure = MEASURES[analyte]
    assert write_lab(tmp_path, analyte, measure.minimum, measure.unit).is_dir()
    assert write_lab(tmp_path, analyte, measure.maximum, measure.unit).is_dir()


def test_an_analyte_of_ones_own_keeps_its_unit(tmp_path: Path) -> None:
    assert write_lab(tmp_path, "stated_medications", 41.0, "count").is_dir()

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


def test_hba1c_in_mmol_per_mol_is_refused_and_the_way_out_is_said(tmp_path: Path) -> None:
    # 53 mmol/mol is 53 / 10.929 + 2.15 = 7.0 %; read as per cent it would make everybody high.
    with pytest.raises(DataContractError, match=r"unit: of hba1c.*found 'mmol/mol', expected % \(mmol/mol / 10\.929"):
        write_lab(tmp_path, "hba1c", 53.0, "mmol/mol")


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

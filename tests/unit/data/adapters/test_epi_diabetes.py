"""The Danish register sample: decimal years to days, follow-up to enrolment, starts of treatment to fills."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.epi_diabetes import convert_epi_diabetes
from riskkit.errors import DataContractError
from riskkit.workflow.source import open_source

SHARED = Path(__file__).parents[5] / "shared" / "data" / "epi_diabetes"
ROW = {
    "sex": "F",
    "dobth": "1940.2559890486",
    "dodm": "1998.91718001369",
    "dodth": "",
    "dooad": "2007.44558521561",
    "doins": "",
    "dox": "2009.99726214921",
}


def convert(tmp_path: Path, *changes: dict[str, str]) -> dict[str, pd.DataFrame]:
    (tmp_path / "source").mkdir()
    pd.DataFrame([{**ROW, **change} for change in changes]).to_csv(tmp_path / "source" / "DMlate.csv", index=False)
    convert_epi_diabetes(tmp_path / "source", tmp_path / "canonical")
    return {file.stem: pd.read_parquet(file) for file in (tmp_path / "canonical").glob("*.parquet")}


def days(column: pd.Series) -> list[str]:
    return column.astype(str).str[:10].tolist()


def test_decimal_years_are_days(tmp_path: Path) -> None:
    tables = convert(tmp_path, {})
    # (1940.2559890486 - 1970) x 365.25 = -10,864 days, 1998.917...: 10,562, 2009.997...: 14,609 and one
    assert days(tables["person"]["birth_date"]) == ["1940-04-04"]
    assert days(tables["enrollment"]["start_date"]) == ["1998-12-02"]
    assert days(tables["enrollment"]["end_date"]) == ["2010-01-01"]
    assert tables["person"]["sex"].tolist() == ["female"]


def test_a_start_of_treatment_is_one_fill_on_its_day(tmp_path: Path) -> None:
    fills = convert(tmp_path, {}, {"sex": "M", "doins": "2008.5", "dooad": ""})["pharmacy_claim"]
    assert fills[["claim_id", "atc_code"]].to_numpy().tolist() == [["00001-oral", "A10B"], ["00002-insulin", "A10A"]]
    # (2007.44558521561 - 1970) x 365.25 = 13,677; 38.5 x 365.25 = 14,062.125
    assert days(fills["fill_date"]) == ["2007-06-13", "2008-07-02"]
    assert fills["fill_date"].equals(fills["available_date"])
    assert fills["days_supply"].isna().all()


def test_a_death_ends_the_enrolment_the_day_after(tmp_path: Path) -> None:
    tables = convert(tmp_path, {"dodth": "2005.5", "dox": "2005.5", "dooad": ""})
    assert days(tables["person"]["death_date"]) == ["2005-07-02"]
    assert days(tables["enrollment"]["end_date"]) == ["2005-07-03"]


@pytest.mark.parametrize(("change", "said"), [({"sex": "X"}, "sex"), ({"dodm": ""}, "dodm"), ({"dox": "late"}, "dox")])
def test_a_value_that_cannot_be_read_is_named_and_nothing_is_written(
    tmp_path: Path, change: dict[str, str], said: str
) -> None:
    with pytest.raises(DataContractError, match=f"DMlate.csv: found 1 values of {said}"):
        convert(tmp_path, change)
    assert not (tmp_path / "canonical").exists()


@pytest.mark.shared_data
def test_the_real_file_keeps_the_contract_and_its_persons_deaths_and_starts(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) are not beside the project")
    opened = open_source("epi_diabetes", SHARED, tmp_path / "work", on_bad_rows="refuse")
    assert opened.adapter is not None
    assert opened.adapter.rows_in == {"DMlate.csv.gz": 10_000}
    register = pd.read_csv(SHARED / "DMlate.csv.gz")
    assert opened.tables.frame("person")["death_date"].notna().sum() == register["dodth"].notna().sum() == 2503
    fills = opened.tables.frame("pharmacy_claim")["atc_code"].value_counts()
    assert (fills["A10B"], fills["A10A"]) == (register["dooad"].notna().sum(), register["doins"].notna().sum())
    counted = {one.what: one.count for one in opened.adapter.unmapped}
    assert counted["rows of steno2.csv"] == 160

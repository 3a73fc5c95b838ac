"""RAND HIE person-years: events, dollars and facts by hand, and the real file reconciled with an independent count."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.rand_hie import DOLLARS, STATED, UNMAPPED, convert_rand_hie
from riskkit.errors import DataContractError
from riskkit.workflow.source import open_source

SHARED = Path(__file__).parents[5] / "shared" / "data" / "rand_hie"
YEAR = {
    **dict.fromkeys((*DOLLARS, *STATED, *UNMAPPED), "0"),
    "zper": "7",
    "year": "1",
    "site": "3",
    "xage": "40.5",
    "time": "1",
    "female": "1",
    "totadm": "0",
}


def write_source(folder: Path, *changes: dict[str, str]) -> Path:
    folder.mkdir()
    pd.DataFrame([{**YEAR, **change} for change in changes]).to_csv(folder / "randhie.csv", index=False)
    return folder


def convert(tmp_path: Path, *changes: dict[str, str]) -> dict[str, pd.DataFrame]:
    target = tmp_path / "canonical"
    convert_rand_hie(write_source(tmp_path / "source", *changes), target)
    return {file.stem: pd.read_parquet(file) for file in target.glob("*.parquet")}


def test_years_that_touch_are_one_span_and_a_part_of_a_year_ends_early(tmp_path: Path) -> None:
    tables = convert(tmp_path, {}, {"year": "2", "xage": "41.5"}, {"year": "4", "xage": "43.5", "time": ".2"})
    spans = tables["enrollment"][["start_date", "end_date"]].astype(str).to_numpy().tolist()
    # 1975 and 1976 together; 1978 from its first day for 0.2 x 365 = 73 days, to 15 March
    assert spans == [["1975-01-01", "1977-01-01"], ["1978-01-01", "1978-03-15"]]
    # 40.5 years of 365.25 days before 1975-01-01: 14,792 days
    person = tables["person"].iloc[0]
    assert (str(person["birth_date"])[:10], person["sex"], person["region"]) == ("1934-07-03", "female", "site 3")


def test_admissions_are_events_without_money_and_dollars_are_summaries_without_an_event(tmp_path: Path) -> None:
    claims = convert(tmp_path, {"totadm": "2", "inpdol": "100.257", "drugdol": "8.5", "mentdol": "1"})["medical_claim"]
    stays = claims[claims["adjustment"] == "original"]
    # two admissions cut the 365 days in three: days 121 and 243 after 1 January
    assert stays["start_date"].astype(str).str[:10].tolist() == ["1975-05-02", "1975-09-01"]
    assert stays["allowed_amount"].isna().all()
    money = claims[claims["adjustment"] == "summary"].set_index("claim_id")
    assert money["allowed_amount"].to_dict() == {"7-1-drugs": 8.5, "7-1-inpatient": 100.26, "7-1-mental": 1.0}
    assert money["setting"].to_dict() == {
        "7-1-drugs": "outpatient",
        "7-1-inpatient": "inpatient",
        "7-1-mental": "outpatient",
    }
    assert set(money["available_date"].astype(str).str[:10]) == {"1975-12-31"}


def test_what_is_stated_of_a_year_is_known_at_its_end(tmp_path: Path) -> None:
    facts = convert(tmp_path, {"mdvis": "4", "disea": "13.7", "ghindx": ""})["lab_result"].set_index("analyte")
    assert facts.loc["stated_physician_visits", "value"] == 4
    assert facts.loc["stated_disease_index", "value"] == 13.7
    assert facts.loc["stated_site", "value"] == 3
    assert "stated_general_health" not in facts.index
    assert set(facts["available_date"].astype(str).str[:10]) == {"1975-12-31"}


@pytest.mark.parametrize(
    ("change", "said"), [({"year": "6"}, "year"), ({"inpdol": "much"}, "inpdol"), ({"zper": ""}, "zper")]
)
def test_a_value_that_cannot_be_read_is_named_and_nothing_is_written(
    tmp_path: Path, change: dict[str, str], said: str
) -> None:
    with pytest.raises(DataContractError, match=f"randhie.csv: found 1 values of {said}"):
        convert_rand_hie(write_source(tmp_path / "source", change), tmp_path / "canonical")
    assert not (tmp_path / "canonical").exists()


@pytest.mark.shared_data
def test_the_real_file_keeps_the_contract_and_its_dollars_and_admissions(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) are not beside the project")
    opened = open_source("rand_hie", SHARED, tmp_path / "work", on_bad_rows="refuse")
    assert opened.adapter is not None
    assert opened.adapter.rows_in == {"randhie.csv.gz": 20_190}
    # counted in the file itself
    years = pd.read_csv(SHARED / "randhie.csv.gz")
    dollars = years[["inpdol", "outpdol", "drugdol", "suppdol", "mentdol"]].sum().sum()
    admissions, persons = years["totadm"].sum(), years["zper"].nunique()
    claims = opened.tables.frame("medical_claim")
    # each of 5 x 20,190 amounts is rounded to a cent: by chance within four standard errors of a uniform cent
    assert claims["allowed_amount"].sum() == pytest.approx(dollars, abs=4 * 0.01 / 12**0.5 * (5 * 20_190) ** 0.5)
    assert int((claims["adjustment"] == "original").sum()) == admissions
    assert len(opened.tables.frame("person")) == persons == 5912

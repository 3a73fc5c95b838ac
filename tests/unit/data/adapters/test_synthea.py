"""Synthea CSV: money by its transactions, codes by the term maps, and the real export reconciled."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.mapping import MAPPINGS
from riskkit.data.adapters.synthea import LAYOUTS, convert_synthea
from riskkit.errors import DataContractError
from riskkit.workflow.source import open_source

SHARED = Path(__file__).parents[5] / "shared" / "data" / "synthea_csv"
VISIT = {"Id": "V1", "PATIENT": "P1", "START": "2023-01-27T16:00:00Z", "STOP": "2023-01-29T08:00:00Z"}
ROWS: dict[str, list[dict[str, str]]] = {
    "patients": [{"Id": "P1", "BIRTHDATE": "1950-05-01", "DEATHDATE": "2023-01-29", "GENDER": "F", "STATE": "Ohio"}],
    "encounters": [{**VISIT, "ENCOUNTERCLASS": "inpatient", "ORGANIZATION": "O1", "TOTAL_CLAIM_COST": "999"}],
    "claims": [{"Id": "C1", "APPOINTMENTID": "V1"}, {"Id": "C2", "APPOINTMENTID": "V1"}],
    "claims_transactions": [
        {"ID": "1", "CLAIMID": "C1", "TYPE": "CHARGE", "AMOUNT": "100.10", "PROCEDURECODE": "185345009"},
        {"ID": "2", "CLAIMID": "C1", "TYPE": "PAYMENT", "METHOD": "ECHECK", "PAYMENTS": "80.00"},
        {"ID": "3", "CLAIMID": "C1", "TYPE": "PAYMENT", "METHOD": "COPAY", "PAYMENTS": "20.10"},
        {"ID": "4", "CLAIMID": "C1", "TYPE": "TRANSFEROUT"},
        {"ID": "5", "CLAIMID": "C2", "TYPE": "CHARGE", "AMOUNT": "7.50", "PROCEDURECODE": "314076"},
    ],
    "conditions": [
        {"PATIENT": "P1", "ENCOUNTER": "V1", "CODE": "44054006", "DESCRIPTION": "Diabetes", "START": "2023-01-27"},
        {"PATIENT": "P1", "ENCOUNTER": "V1", "CODE": "301011002", "DESCRIPTION": "E coli UTI", "START": "2023-01-27"},
        {"PATIENT": "P1", "ENCOUNTER": "V1", "CODE": "1", "DESCRIPTION": "Unheard of", "START": "2023-01-27"},
    ],
    "medications": [
        {
            "PATIENT": "P1",
            "ENCOUNTER": "V1",
            "CODE": "314076",
            "DESCRIPTION": "lisinopril",
            "START": "2023-01-28T00:00:00Z",
            "DISPENSES": "12",
        }
    ],
    "procedures": [{"PATIENT": "P1", "ENCOUNTER": "V1", "CODE": "430193006", "START": "2023-01-28T00:00:00Z"}],
    "observations": [
        {
            "PATIENT": "P1",
            "DATE": "2023-01-28T00:00:00Z",
            "CODE": code,
            "DESCRIPTION": code,
            "VALUE": value,
            "UNITS": unit,
        }
        for code, value, unit in (
            ("4548-4", "7.5", "%"),
            ("8480-6", "140", "mm[Hg]"),
            ("72166-2", "Former smoker", ""),
            ("67875-5", "Full-time work", ""),
            ("39156-5", "400", "kg/m2"),
        )
    ],
    "payer_transitions": [
        {"PATIENT": "P1", "START_YEAR": f"{a}-01-01T00:00:00Z", "END_YEAR": f"{b}-01-01T00:00:00Z", "PAYER": payer}
        for a, b, payer in ((2019, 2020, "A"), (2020, 2021, "B"), (2021, 2022, "NONE"), (2022, 2024, "A"))
    ],
    "payers": [{"Id": "A", "NAME": "Aetna"}, {"Id": "B", "NAME": "Humana"}, {"Id": "NONE", "NAME": "NO_INSURANCE"}],
}


def write_source(folder: Path) -> Path:
    folder.mkdir()
    for layout in LAYOUTS:
        name = layout.example.removesuffix(".csv")
        pd.DataFrame(ROWS[name], columns=[column.name for column in layout.columns]).to_csv(
            folder / layout.example, index=False
        )
    return folder


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, pd.DataFrame]:
    target = tmp_path / "canonical"
    convert_synthea(write_source(tmp_path / "source"), target)
    return {str(file.relative_to(target).with_suffix("")): pd.read_parquet(file) for file in target.rglob("*.parquet")}


def test_an_encounters_money_is_that_of_its_transactions_without_the_drugs(tables: dict[str, pd.DataFrame]) -> None:
    claim = tables["medical_claim"].iloc[0]
    assert (claim["allowed_amount"], claim["paid_amount"], claim["member_amount"]) == (100.1, 80.0, 20.1)
    assert (claim["setting"], claim["discharge_status"]) == ("inpatient", "died")
    drug = tables["pharmacy_claim"].iloc[0]
    assert (drug["allowed_amount"], drug["atc_code"], drug["quantity"]) == (7.5, "C09AA03", 12.0)


def test_disorders_are_carried_with_all_their_codes_and_the_unknown_are_counted(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    assert tables["diagnosis"]["code"].tolist() == ["B96.20", "N39.0", "E11.9"]
    report = convert_synthea(tmp_path / "source", tmp_path / "again")
    counted = {item.what: item.count for item in report.unmapped}
    assert counted["conditions without an ICD-10-CM code: Unheard of"] == 1


def test_insured_spans_that_touch_are_one_and_uninsured_ones_are_none(tables: dict[str, pd.DataFrame]) -> None:
    spans = tables["enrollment"][["start_date", "end_date"]].astype(str).to_numpy().tolist()
    assert spans == [["2019-01-01", "2021-01-01"], ["2022-01-01", "2024-01-01"]]


def test_observations_are_numbers_or_smoking_levels_and_the_impossible_is_set_aside(
    tables: dict[str, pd.DataFrame],
) -> None:
    held = tables["lab_result"].set_index("analyte")
    assert held["value"].to_dict() == {"hba1c": 7.5, "smoking": 1.0, "systolic_bp": 140.0}
    assert held["unit"].to_dict() == {"hba1c": "%", "smoking": "level", "systolic_bp": "mmHg"}
    assert tables["quarantine/lab_result"]["value"].tolist() == [400.0]


def test_a_file_that_is_missing_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    source = write_source(tmp_path / "source")
    (source / "claims_transactions.csv").unlink()
    with pytest.raises(DataContractError, match=r"no file named like claims_transactions\.csv"):
        convert_synthea(source, tmp_path / "canonical")
    assert not (tmp_path / "canonical").exists()


@pytest.mark.shared_data
def test_the_real_export_keeps_the_contract_and_its_charges(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) are not beside the project")
    opened = open_source("synthea", SHARED, tmp_path / "work", on_bad_rows="refuse")
    transactions = pd.read_csv(SHARED / "claims_transactions.csv")
    charges = transactions.loc[transactions["TYPE"] == "CHARGE", "AMOUNT"].sum()
    visits, drugs = (opened.tables.frame(name) for name in ("medical_claim", "pharmacy_claim"))
    assert visits["allowed_amount"].sum() + drugs["allowed_amount"].sum() == pytest.approx(charges)
    lines = {name: len((SHARED / f"{name}.csv").read_text().splitlines()) - 1 for name in ("encounters", "medications")}
    assert (len(visits), len(drugs)) == (lines["encounters"], lines["medications"])
    assert opened.adapter is not None
    unknown = sum(item.count for item in opened.adapter.unmapped if item.what.startswith("conditions without"))
    conditions = pd.read_csv(SHARED / "conditions.csv", dtype=str)
    known = set(pd.read_csv(MAPPINGS / "terms" / "snomed_icd10cm.csv", dtype=str)["snomed"])
    assert unknown == int((~conditions["CODE"].isin(known)).sum())

"""OMOP CDM: visits with the money of their costs, codes by concept, and the real models reconciled row by row."""

from __future__ import annotations

import csv
import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd
import pytest

from riskkit.data.adapters.omop import convert_omop
from riskkit.data.adapters.omop_layout import FORMER, TABLES
from riskkit.errors import DataContractError
from riskkit.workflow.source import open_source

if TYPE_CHECKING:
    from riskkit.data.adapters.report import AdapterReport

Rows = list[dict[str, str]]

SHARED = Path(__file__).parents[5] / "shared" / "data" / "omop_cdm"
NEEDED = ("person", "observation_period", "visit_occurrence", "condition_occurrence")


def rows(names: str, *lines: str) -> Rows:
    """Rows of a table, one line each, fields parted by a bar."""
    return [dict(zip(names.split(), (field.strip() for field in line.split("|")), strict=True)) for line in lines]


# Person 3 is not born yet. Visit V1 has two procedures, each with the costs of the whole claim, 60 and 40.
MODEL: dict[str, Rows] = {
    "person": rows(
        "person_id gender_concept_id year_of_birth month_of_birth day_of_birth birth_datetime location_id",
        "1|8532|1950|5|1|1950-05-01 00:00:00|1.0",
        "2|8507|1960||||",
        "3|0|2999|1|1||",
    ),
    "location": rows("location_id state", "1|OH"),
    "death": rows("person_id death_date", "1|2020-09-30"),
    "observation_period": rows(
        "observation_period_id person_id observation_period_start_date observation_period_end_date",
        "1|1|2019-01-01|2022-12-31",
        "2|2|20200101|20201231",
    ),
    "payer_plan_period": rows(
        "payer_plan_period_id person_id payer_plan_period_start_date payer_plan_period_end_date payer_source_value",
        "1|1|2020-01-01|2020-06-30|Part A",
        "2|1|2020-07-01|2020-12-31|Part A",
        "3|1|2018-01-01|2018-12-31|NO_INSURANCE",
    ),
    "visit_occurrence": rows(
        "visit_occurrence_id person_id visit_concept_id visit_start_date visit_end_date care_site_id"
        " admitted_from_concept_id discharged_to_concept_id",
        "V1|1|9201|2020-03-01|2020-03-05||9203|8536",
        "V2|1|0|2020-04-01|2020-04-01|7|0|0",
        "V3|2|9203|2020-05-01|||0|0",
        "V4|2|9202|2020-06-02|2020-06-01||0|0",
        "V5|3|9202|2020-06-02|2020-06-02||0|0",
    ),
    "care_site": rows("care_site_id place_of_service_concept_id", "7|8940"),
    "condition_occurrence": rows(
        "condition_occurrence_id person_id visit_occurrence_id condition_start_date condition_concept_id"
        " condition_source_concept_id condition_source_value",
        "1|1|V1|2020-03-01|201826|35206882|E119",
        "2|1|V1|2020-03-02|201826|35206882|E119",
        "3|1|V2|2020-04-01|201826|0|",
        "4|2||2020-05-01|0|0|301011002",
        "5|2|V3|2020-05-01|0|0|1",
        "6|2|V1|2020-03-01|201826|0|",
    ),
    "procedure_occurrence": rows(
        "procedure_occurrence_id person_id visit_occurrence_id procedure_date procedure_concept_id"
        " procedure_source_concept_id procedure_source_value",
        "1|1|V1|2020-03-02|0|0|80053",
        "2|1|V1|2020-03-02|0|2005000|8154",
        "3|2||2020-05-01|0|0|80053",
    ),
    "drug_exposure": rows(
        "drug_exposure_id person_id visit_occurrence_id drug_exposure_start_date drug_concept_id drug_source_concept_id"
        " drug_source_value days_supply quantity refills",
        "1|1|V2|2020-04-01|19080128|0|00093111301|30|60.0|2",
        "2|2||2020-05-02|1560171|0|00591046010|500||0",
        "3|2||2020-05-02|0|0|999||| ",
    ),
    "measurement": rows(
        "measurement_id person_id measurement_date measurement_concept_id measurement_source_concept_id"
        " measurement_source_value operator_concept_id value_as_number unit_concept_id unit_source_value"
        " value_source_value",
        "1|1|2020-03-01|0|0|4548-4|0|7.5|0|%|7.5",
        "2|1|2020-03-01|3004249|0|SBP|0|140|8876||140",
        "3|1|2020-03-01|0|0|39156-5|0|400|0|kg/m2|400",
        "4|1|2020-03-01|0|0|4548-4|0|8.0|0||8.0",
        "5|1|2020-03-01|0|0|2951-2|4171756|140|0|mmol/L|140",
        "6|1|2020-03-01|0|0|65750-2|0||0||Negative",
    ),
    "observation": rows(
        "observation_id person_id visit_occurrence_id observation_date observation_concept_id"
        " observation_source_concept_id observation_source_value value_as_number value_as_string unit_concept_id",
        "1|1|V1|2020-03-01|0|44823830|V45.01|||0",
        "2|1|V1|2020-03-01|0|0|72166-2||Former smoker|0",
        "3|1|V1|2020-03-01|0|0|G8445|||0",
    ),
    "cost": rows(
        "cost_id cost_event_id cost_domain_id currency_concept_id total_charge total_cost total_paid paid_by_payer"
        " paid_by_patient amount_allowed",
        "1|1|Procedure|44818668|999|500|60.0|50|10|",
        "2|1|Procedure|44818668|999|500|40.0|30|10|",
        "3|2|Procedure|44818668|||40.0|30|10|",
        "4|2|Procedure|44818668|||60.0|50|10|",
        "5|V2|Visit|44818668|||70||20|",
        "6|1|Drug|44818668|||99|10|2.5|12.5",
        "7|8|Drug|44818668|||5|5|0|",
        "8|V3|Visit|44818668|80|70||||",
    ),
    "concept": rows(
        "concept_id concept_name vocabulary_id concept_class_id concept_code",
        "201826|Type 2 diabetes mellitus|SNOMED|Clinical Finding|44054006",
        "35206882|Type 2 diabetes|ICD10CM|4-char billing code|E11.9",
        "44823830|Pacemaker|ICD9CM|5-dig nonbill V code|V45.01",
        "2005000|Knee replacement|ICD9Proc|4-dig billing code|81.54",
        "19080128|lisinopril 10 MG Oral Tablet|RxNorm|Clinical Drug|314076",
        "1560171|Glipizide 5 MG Oral Tablet|RxNorm|Clinical Drug|310488",
        "3004249|Systolic blood pressure|LOINC|Clinical Observation|8480-6",
        "8876|millimeter mercury column|UCUM|Unit|mm[Hg]",
        '4000|Needle of 1/2" length|SNOMED|Physical Object|1',
    ),
    "cdm_source": rows("cdm_source_name cdm_version vocabulary_version", "toy|5.4|v5.0"),
}


def complete(model: dict[str, Rows]) -> dict[str, pd.DataFrame]:
    """Each table with every column of the layout."""
    names = {table.name: [column.name for column in table.layout.columns] for table in TABLES}
    return {name: pd.DataFrame(held, columns=names[name], dtype="str").fillna("") for name, held in model.items()}


def write_csv(folder: Path, model: dict[str, Rows] = MODEL) -> Path:
    folder.mkdir()
    for name, table in complete(model).items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def write_former(folder: Path) -> Path:
    """Tabs, gzip, upper case throughout and the names of version 5.3."""
    folder.mkdir()
    for name, table in complete(MODEL).items():
        renamed = table.rename(columns={new: old[0] for new, old in FORMER.items()}).rename(columns=str.upper)
        file = folder / f"{name.upper()}.CSV.gz"
        # The vocabulary leaves quotes as they are.
        quoting: Literal[0, 3] = csv.QUOTE_NONE if name == "concept" else csv.QUOTE_MINIMAL
        text = renamed.to_csv(sep="\t", index=False, lineterminator="\r\n", quoting=quoting)
        file.write_bytes(gzip.compress(text.encode()))
    return folder


def write_sqlite(file: Path, model: dict[str, Rows] = MODEL) -> Path:
    """Numbers as numbers and missing values as NULL, as a database has them."""
    with closing(sqlite3.connect(file)) as connection:
        for name, table in complete(model).items():
            kinds = ", ".join(f'"{column}" {"REAL" if "paid" in column else "NUMERIC"}' for column in table.columns)
            connection.execute(f"CREATE TABLE {name.upper()} ({kinds})")
            marks = ", ".join("?" * len(table.columns))
            values = [[field or None for field in row] for row in table.to_numpy().tolist()]
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", values)  # noqa: S608 - names of this module
        connection.commit()
    return file


def read(target: Path) -> dict[str, pd.DataFrame]:
    return {str(file.relative_to(target).with_suffix("")): pd.read_parquet(file) for file in target.rglob("*.parquet")}


@pytest.fixture
def report(tmp_path: Path) -> AdapterReport:
    return convert_omop(write_csv(tmp_path / "source"), tmp_path / "canonical")


@pytest.fixture
def tables(report: AdapterReport, tmp_path: Path) -> dict[str, pd.DataFrame]:
    assert report.adapter == "omop"
    return read(tmp_path / "canonical")


def test_persons_are_born_and_periods_that_touch_are_one_up_to_death(tables: dict[str, pd.DataFrame]) -> None:
    person = tables["person"].astype({"birth_date": "str"})
    assert person[["person_id", "birth_date", "sex", "region"]].fillna("").to_numpy().tolist() == [
        ["1", "1950-05-01", "female", "OH"],
        ["2", "1960-07-01", "male", ""],
    ]
    # Person 1: January to December in two touching plans, cut at her death on 30 September. Person 2 has no plan.
    spans = tables["enrollment"][["person_id", "start_date", "end_date"]].astype(str).to_numpy().tolist()
    assert spans == [["1", "2020-01-01", "2020-10-01"], ["2", "2020-01-01", "2021-01-01"]]


def test_a_visit_has_its_setting_and_each_cost_of_its_claim_once(tables: dict[str, pd.DataFrame]) -> None:
    names = ["setting", "allowed_amount", "paid_amount", "member_amount", "admission_source", "discharge_status"]
    claims = tables["medical_claim"].set_index("claim_id")[names].astype(object)
    held = claims.where(claims.notna(), None).T.to_dict("list")
    # V1: 60 + 40 stand on both procedures. V2: 70 in all, of which the patient 20; its place of service is an office.
    assert held == {
        "V1": ["inpatient", 100.0, 80.0, 20.0, "emergency_room", "home"],
        "V2": ["professional", 70.0, 50.0, 20.0, None, None],
        "V3": ["emergency", None, None, None, None, None],
    }


def test_costs_that_differ_between_records_are_summed(tmp_path: Path) -> None:
    costs = [row | {"paid_by_payer": "51"} if row["cost_id"] == "4" else row for row in MODEL["cost"]]
    convert_omop(write_csv(tmp_path / "source", MODEL | {"cost": costs}), tmp_path / "canonical")
    claims = read(tmp_path / "canonical")["medical_claim"].set_index("claim_id")
    # 60 + 40 on one procedure, 40 + 61 on the other.
    assert claims.loc["V1", "allowed_amount"] == 201.0


@pytest.mark.parametrize(("own", "allowed"), [("100", 100.0), ("30", 130.0)])
def test_a_visits_own_cost_is_the_total_of_its_records_or_added_to_them(
    own: str, allowed: float, tmp_path: Path
) -> None:
    cost = {"cost_id": "9", "cost_event_id": "V1", "cost_domain_id": "Visit", "total_paid": own}
    convert_omop(write_csv(tmp_path / "source", MODEL | {"cost": [*MODEL["cost"], cost]}), tmp_path / "canonical")
    claims = read(tmp_path / "canonical")["medical_claim"].set_index("claim_id")
    assert claims.loc["V1", "allowed_amount"] == allowed


def test_what_a_concept_does_not_say_its_ancestor_does(tmp_path: Path) -> None:
    names = "concept_id concept_name vocabulary_id concept_class_id concept_code"
    concepts = rows(names, "21600744|sulfonylurea|ATC|ATC 5th|A10BB01", "501|some drug / other|RxNorm|Clinical Drug|77")
    ancestors = rows(
        "ancestor_concept_id descendant_concept_id min_levels_of_separation", "21600744|501|2", "9201|602|1"
    )
    model = MODEL | {"concept": [*MODEL["concept"], *concepts], "concept_ancestor": ancestors}
    model["drug_exposure"] = [row | {"drug_concept_id": "501"} for row in MODEL["drug_exposure"]]
    model["visit_occurrence"] = [row | {"visit_concept_id": "602"} for row in MODEL["visit_occurrence"]]
    convert_omop(write_csv(tmp_path / "source", model), tmp_path / "canonical")
    held = read(tmp_path / "canonical")
    assert set(held["pharmacy_claim"]["atc_code"]) == {"A10BB01"}
    assert set(held["medical_claim"]["setting"]) == {"inpatient"}


def test_diagnoses_are_the_sources_codes_else_the_disorders_each_once(tables: dict[str, pd.DataFrame]) -> None:
    held = tables["diagnosis"][["record_id", "position", "code", "vocabulary", "source"]].to_numpy().tolist()
    assert held == [
        ["V1", 1, "E119", "icd10cm", "inpatient"],
        ["V1", 2, "V45.01", "icd9cm", "inpatient"],
        ["V2", 1, "E11.9", "icd10cm", "professional"],
        ["condition_occurrence/4", 1, "B96.20", "icd10cm", "registry"],
        ["condition_occurrence/4", 2, "N39.0", "icd10cm", "registry"],
    ]
    assert tables["procedure"][["claim_id", "code", "vocabulary"]].to_numpy().tolist() == [
        ["V1", "80053", "cpt4"],
        ["V1", "8154", "icd9cm"],
    ]
    assert set(tables["procedure"]["available_date"].astype(str)) == {"2020-03-05"}


def test_drugs_have_their_class_by_code_or_by_name_and_their_own_money(tables: dict[str, pd.DataFrame]) -> None:
    drugs = tables["pharmacy_claim"].set_index("claim_id").astype(object)
    names = ["drug_code", "atc_code", "days_supply", "quantity", "allowed_amount", "paid_amount"]
    assert drugs[names].where(drugs[names].notna(), None).T.to_dict("list") == {
        "1": ["314076", "C09AA03", 30, 60.0, 12.5, 10.0],
        "2": ["310488", "A10BB07", None, None, None, None],
        "3": ["999", None, None, None, None, None],
    }


def test_results_have_analyte_and_unit_and_what_nobody_can_have_is_set_aside(tables: dict[str, pd.DataFrame]) -> None:
    held = tables["lab_result"].set_index("record_id")[["analyte", "value", "unit"]].T.to_dict("list")
    assert held == {
        "measurement/1": ["hba1c", 7.5, "%"],
        "measurement/2": ["systolic_bp", 140.0, "mmHg"],
        "measurement/5": ["loinc_2951_2", 140.0, "mmol/L"],
        "observation/2": ["smoking", 1.0, "level"],
    }


def test_rows_in_are_rows_mapped_left_and_set_aside(report: AdapterReport, tables: dict[str, pd.DataFrame]) -> None:
    by_table = report.reconciliation["by_table"]
    assert isinstance(by_table, dict)
    # By hand from MODEL: rows, mapped, left with a reason, set aside.
    assert {name: tuple(figures.values()) for name, figures in by_table.items()} == {
        "person": (3, 2, 0, 1),
        "death": (1, 1, 0, 0),
        "observation_period": (2, 1, 1, 0),
        "payer_plan_period": (3, 2, 1, 0),
        "visit_occurrence": (5, 3, 0, 2),
        "condition_occurrence": (6, 3, 2, 1),
        "procedure_occurrence": (3, 2, 1, 0),
        "drug_exposure": (3, 3, 0, 0),
        "measurement": (6, 3, 1, 2),
        "observation": (3, 2, 1, 0),
        "cost": (8, 4, 3, 1),
    }
    aside = tables["quarantine/rows"].set_index(["source_table", "row_id"])["reason"].to_dict()
    assert aside == {
        ("person", "3"): "birth: in the future",
        ("visit_occurrence", "V4"): "ends before it begins",
        ("visit_occurrence", "V5"): "nobody of the persons",
        ("condition_occurrence", "6"): "of another person than its visit",
        ("measurement", "3"): "not plausible: bmi",
        ("measurement", "4"): "no unit: hba1c",
        ("cost", "7"): "no such record: drug",
    }
    counted = {item.what: item.count for item in report.unmapped}
    assert counted["condition_occurrence: no ICD code: 1"] == 1
    assert counted["observation: no LOINC code: G8445"] == 1
    assert counted["cost: nothing allowed or paid is stated"] == 1
    assert counted["device_exposure: no such table"] == 0


def test_the_money_stated_is_that_of_visits_and_drugs_and_what_is_named(report: AdapterReport) -> None:
    figures = report.reconciliation
    # 60 + 40 twice, 70, 12.50 and 5, of which one pair is a copy and the 5 belong to no drug.
    assert (figures["allowed_stated"], figures["allowed_repeated"]) == (287.5, 100.0)
    assert (figures["allowed_of_visits"], figures["allowed_of_drugs"]) == (170.0, 12.5)
    assert figures["allowed_without_a_place"] == 5.0


def test_csv_sqlite_tabs_gzip_and_former_names_give_equal_tables(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    for source in (write_sqlite(tmp_path / "cdm.sqlite3"), write_former(tmp_path / "former")):
        target = tmp_path / f"canonical_{source.stem}"
        convert_omop(source, target)
        others = read(target)
        assert set(others) == set(tables)
        for name in set(tables) - {"quarantine/rows"}:
            pd.testing.assert_frame_equal(others[name], tables[name])


@pytest.mark.parametrize("name", NEEDED)
def test_a_table_that_must_be_there_is_named_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    lacking = {table: held for table, held in MODEL.items() if table != name}
    sources = (write_csv(tmp_path / "source", lacking), write_sqlite(tmp_path / "cdm.sqlite3", lacking))
    for source in sources:
        with pytest.raises(DataContractError, match=rf"no table {name}; found .*Export it too"):
            convert_omop(source, tmp_path / "canonical")
    assert not (tmp_path / "canonical").exists()


def test_the_least_model_is_read(tmp_path: Path) -> None:
    report = convert_omop(
        write_csv(tmp_path / "source", {name: MODEL[name] for name in NEEDED}), tmp_path / "canonical"
    )
    assert report.rows_out["medical_claim"] == 3
    assert {item.what for item in report.unmapped} >= {"cost: no such table", "concept: no such table"}


@pytest.mark.parametrize(
    ("table", "change", "problem"),
    [
        ("visit_occurrence", {"visit_start_date": "2020-02-30"}, r"1 values of visit_start_date .*: '2020-02-30'\)"),
        ("visit_occurrence", {"visit_start_date": "1 March"}, "expected a date as YYYY-MM-DD"),
        ("person", {"gender_concept_id": "F"}, "expected the number of a concept"),
        ("cost", {"total_paid": "nothing"}, "expected a number"),
        ("condition_occurrence", {"condition_occurrence_id": "2"}, "come more than once"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(table: str, change: dict[str, str], problem: str, tmp_path: Path) -> None:
    broken = MODEL | {table: [MODEL[table][0] | change, *MODEL[table][1:]]}
    for source in (write_csv(tmp_path / "source", broken), write_sqlite(tmp_path / "cdm.sqlite3", broken)):
        with pytest.raises(DataContractError, match=problem):
            convert_omop(source, tmp_path / "canonical")
    assert not (tmp_path / "canonical").exists()


def test_a_column_that_must_be_there_is_named(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "source")
    complete(MODEL)["cost"].drop(columns="total_paid").to_csv(source / "cost.csv", index=False)
    with pytest.raises(
        DataContractError, match=r"cost\.csv: found no column 'total_paid' among 14 columns .*Export the"
    ):
        convert_omop(source, tmp_path / "canonical")
    assert not (tmp_path / "canonical").exists()


def test_a_model_of_nobody_is_refused(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "source", MODEL | {"person": MODEL["person"][2:]})
    with pytest.raises(DataContractError, match=r"no person that can be read .*birth: in the future"):
        convert_omop(source, tmp_path / "canonical")
    assert not (tmp_path / "canonical").exists()


def test_a_table_in_two_files_is_refused(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "source")
    (source / "PERSON.tsv").write_text("person_id\n")
    with pytest.raises(DataContractError, match=r"both PERSON\.tsv and person\.csv are there"):
        convert_omop(source, tmp_path / "canonical")


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    whole = write_sqlite(tmp_path / "cdm.sqlite3").read_bytes()
    cut, other, packed = tmp_path / "cut.sqlite3", tmp_path / "other.sqlite3", write_former(tmp_path / "former")
    cut.write_bytes(whole[: len(whole) // 2])
    other.write_text("no database")
    file = packed / "PERSON.CSV.gz"
    file.write_bytes(file.read_bytes()[:-20])
    for source, problem in (
        (cut, r"cut\.sqlite3: found \d+ bytes, expected \d+ by its header: it is cut short\. Copy"),
        (other, r"other\.sqlite3: found no SQLite header in 11 bytes, expected a SQLite 3 database"),
        (packed, r"PERSON\.CSV\.gz: cannot be read .*"),
        (tmp_path / "nowhere", "no such file or folder, expected a folder of CSV files or a SQLite file"),
    ):
        with pytest.raises(DataContractError, match=problem):
            convert_omop(source, tmp_path / "canonical")
    assert not (tmp_path / "canonical").exists()


def test_a_damaged_page_is_refused(tmp_path: Path) -> None:
    file = write_sqlite(tmp_path / "cdm.sqlite3")
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(DataContractError, match=r"cdm\.sqlite3: cannot be read .*malformed.*Copy or export"):
        convert_omop(file, tmp_path / "canonical")


@pytest.mark.shared_data
def test_the_real_csv_keeps_the_contract_and_its_rows(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) are not beside the project")
    source = SHARED / "synthea27nj"
    opened = open_source("omop", source, tmp_path / "work", on_bad_rows="refuse")
    assert opened.adapter is not None
    held = {name: pd.read_csv(source / f"{name}.csv", dtype="str") for name in ("VISIT_OCCURRENCE", "MEASUREMENT")}
    assert len(opened.tables.frame("medical_claim")) == len(held["VISIT_OCCURRENCE"])
    # Every value that is a number has a LOINC code here, and nothing else has; three more are numbers as text alone.
    labs = opened.tables.frame("lab_result")
    stated = held["MEASUREMENT"]
    numbers = pd.to_numeric(stated["value_as_number"].fillna(stated["value_source_value"]), errors="coerce")
    assert len(labs) == numbers.notna().sum()
    assert labs.loc[labs["analyte"] == "hba1c", "value"].sum() == pytest.approx(
        numbers[stated["measurement_source_value"] == "4548-4"].sum()
    )


@pytest.mark.shared_data
def test_the_real_sqlite_keeps_the_contract_and_its_money_once(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) are not beside the project")
    opened = open_source("omop", SHARED / "tiny_omop_test.sqlite3", tmp_path / "work", on_bad_rows="refuse")
    assert opened.adapter is not None
    figures = opened.adapter.reconciliation
    assert (figures["visits_with_several_costs"], figures["visits_that_repeat_them"]) == (158, 158)
    claims, persons = (opened.tables.frame(name) for name in ("medical_claim", "person"))
    assert len(persons) == 10
    # CMS's annual statement of one of them, DE-SynPUF 2008: 700 from Medicare and 240 of her own for physicians.
    year = claims[claims["start_date"].dt.year == 2008].groupby("person_id")[["paid_amount", "member_amount"]].sum()
    assert [700.0, 240.0] in year.to_numpy().tolist()
    visits, drugs = figures["allowed_of_visits"], figures["allowed_of_drugs"]
    assert isinstance(visits, float)
    assert isinstance(drugs, float)
    assert claims["allowed_amount"].sum() == pytest.approx(visits)
    assert opened.tables.frame("pharmacy_claim")["allowed_amount"].sum() == pytest.approx(drugs)

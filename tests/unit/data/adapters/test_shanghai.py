"""The Shanghai adapter on hand-made sheets, and on the real ones beside the project."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.mapping import MAPPINGS
from riskkit.data.adapters.report import AdapterReport
from riskkit.data.adapters.shanghai import convert_shanghai
from riskkit.data.adapters.shanghai_layout import NUMBERS, SUMMARY, TRACE, UNMAPPED
from riskkit.data.adapters.sheets import fold
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError
from riskkit.workflow.source import open_source
from tests.unit.data.adapters.workbooks import Cell, serial, write_xls, write_xlsx

ROOT = Path(__file__).parents[4]
SHARED = ROOT.parent / "shared" / "data" / "shanghai_t2dm"
TRACE_HEADERS = [field.header for field in TRACE if field.name not in {"cgm_mmol", "cbg_mmol"}]
VISIT: dict[str, Cell] = {
    "Patient Number": "2001_0_20201102",
    "Gender (Female=1, Male=2)": 1.0,
    "Age (years)": 69.0,
    "Height (m)": 1.6,
    "Weight (kg)": 64.0,
    "BMI (kg/m2)": 25.0,
    "Smoking History (pack year)": 0.0,
    "Alcohol Drinking History (drinker/non-drinker)": "drinker",
    "Type of Diabetes": "T2DM",
    "Acute Diabetic Complications": "none",
    "Diabetic Macrovascular  Complications": "none",
    "Diabetic Microvascular Complications": "none",
    "Comorbidities": "none",
    "Hypoglycemic Agents": "none",
    "Other Agents": "none",
    "HbA1c (mmol/mol)": 58.0,
    "Uric Acid (mmol/L)": 337.0,
    "Hypoglycemia (yes/no)": "no",
}


class Sheets:
    """A folder of Shanghai workbooks; each call adds or replaces one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target = folder.parent / "canonical"

    def summary(self, *visits: dict[str, Cell], kind: int = 2) -> Path:
        names = list(dict.fromkeys(name for visit in ({**VISIT}, *visits) for name in visit))
        rows = [[(VISIT | visit).get(name, "/") for name in names] for visit in visits]
        return write_xlsx(self.folder / f"Shanghai_T{kind}DM_Summary.xlsx", [[*names], *rows])

    def trace(self, visit: str, *rows: tuple[Cell, Cell], headers: tuple[str, str] = ("Date", "CGM (mg / dl)")) -> Path:
        return write_xlsx(self.folder / "cgm" / f"{visit}.xlsx", [[*headers], *map(list, rows)])

    def convert(self) -> AdapterReport:
        return convert_shanghai(self.folder, self.target)

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.target / f"{name}.parquet")


@pytest.fixture
def sheets(tmp_path: Path) -> Sheets:
    """One woman with one visit and two readings."""
    made = Sheets(tmp_path / "shanghai")
    made.summary({})
    made.trace("2001_0_20201102", (datetime(2020, 11, 2, 9, 40), 102.6), (datetime(2020, 11, 2, 9, 55), 97.2))
    return made


def counts(report: AdapterReport) -> dict[str, int]:
    return {item.what: item.count for item in report.unmapped}


def labs(sheets: Sheets) -> dict[str, tuple[float, str]]:
    rows = sheets.table("lab_result")
    return {row.analyte: (row.value, row.unit) for row in rows.itertuples()}


def test_labs_keep_the_value_and_unit_of_the_sheet(sheets: Sheets) -> None:
    sheets.summary({"HbA1c (mmol/mol)": 115.5, "Creatinine (umol/L)": 66.8, "Fasting C-peptide (nmol/L)": 0.05})
    sheets.convert()
    found = labs(sheets)
    assert found["hba1c"] == (115.5, "mmol/mol")
    assert found["creatinine"] == (66.8, "umol/L")
    assert found["c_peptide"] == (0.05, "nmol/L")
    # 1.6 m is 160 cm; 337 can only be umol/L, whatever the header says.
    assert found["height"] == (160.0, "cm")
    assert found["uric_acid"] == (337.0, "umol/L")
    assert found["alcohol"] == (1.0, "level")
    assert found["smoking_pack_years"] == (0.0, "pack-years")


def test_a_slash_is_missing_and_a_full_width_figure_is_a_figure(sheets: Sheets) -> None:
    sheets.summary({"HbA1c (mmol/mol)": "／", "Creatinine (umol/L)": "６６．８", "Blood Urea Nitrogen (mmol/L)": "/"})
    sheets.convert()
    found = labs(sheets)
    assert {"hba1c", "bun"} & set(found) == set()
    assert found["creatinine"] == (66.8, "umol/L")


def test_text_in_a_column_of_numbers_is_set_aside_and_counted(sheets: Sheets) -> None:
    # 386.7 mmol/L of LDL would be 14,954 mg/dL: the unit is wrong.
    ldl = "Low-Density Lipoprotein Cholesterol (mmol/L)"
    sheets.summary({"Creatinine (umol/L)": "<20", "HbA1c (mmol/mol)": "58 mmol/mol", "Height (m)": 0.0, ldl: 386.7})
    report = sheets.convert()
    assert {"creatinine", "hba1c", "height", "ldl"} & set(labs(sheets)) == set()
    aside = sheets.table("quarantine/value")
    assert sorted(zip(aside["field"], aside["stated"], strict=True)) == [
        ("creatinine", "<20"),
        ("hba1c", "58 mmol/mol"),
        ("height_m", "0.0"),
        ("ldl", "386.7"),
    ]
    assert counts(report)["value: not a number above 0"] == 3


def test_birth_is_the_middle_of_the_days_that_agree_with_every_age(sheets: Sheets) -> None:
    sheets.summary(
        {"Patient Number": "7_0_20210601", "Age (years)": 60.0},
        {"Patient Number": "7_1_20211201", "Age (years)": 61.0},
        {"Patient Number": "8_0_20210601", "Age (years)": 60.0},
    )
    report = sheets.convert()
    people = sheets.table("person").set_index("person_id")
    # 60 on 1 June 2021: born 2 June 1960 to 1 June 1961. 61 on 1 December 2021: 2 December 1959 to 1 December 1960.
    # Both: 2 June to 1 December 1960, 182 days apart; 91 days after 2 June is 1 September.
    assert people.loc["7", "birth_date"] == date(1960, 9, 1)
    # 364 days apart; 182 days after 2 June 1960 is 1 December.
    assert people.loc["8", "birth_date"] == date(1960, 12, 1)
    assert counts(report)["persons whose ages do not agree between visits"] == 0


def test_one_is_female_and_two_is_male(sheets: Sheets) -> None:
    sheets.summary({}, {"Patient Number": "2002_0_20210513", "Gender (Female=1, Male=2)": 2.0})
    sheets.convert()
    assert sheets.table("person")["sex"].tolist() == ["female", "male"]


def test_complications_are_pairs_of_the_stated_type(sheets: Sheets) -> None:
    sheets.summary(
        {
            "Acute Diabetic Complications": "diabetic ketoacidosis",
            "Diabetic Microvascular Complications": "neuropathy， retinopathy ",
            "Comorbidities": "Hypertension, hypertension, fatty liver disese, unheard of",
            "Type of Diabetes": "T1DM",
        },
        {"Patient Number": "2002_0_20210513", "Comorbidities": "冠心病、高血压"},
    )
    report = sheets.convert()
    rows = sheets.table("diagnosis")
    assert rows.groupby("record_id")["code"].apply(list).to_dict() == {
        "2001_0_20201102": ["E10.1", "E10.4+G63.2*", "E10.3+H36.0*", "I10", "K76.0"],
        "2002_0_20210513": ["E11.9", "I25.1", "I10"],
    }
    assert set(rows["source"]) == {"registry"}
    assert set(rows["vocabulary"]) == {"who_cn"}
    assert counts(report)["complication or comorbidity unheard of"] == 1
    assert counts(report)["drugs or diseases named twice at one visit"] == 1


def test_a_hypoglycaemia_is_known_when_the_trace_ends(sheets: Sheets) -> None:
    sheets.summary(
        {"Hypoglycemia (yes/no)": "yes"}, {"Patient Number": "2002_0_20210513", "Hypoglycemia (yes/no)": "是"}
    )
    sheets.trace("2001_0_20201102", (datetime(2020, 11, 2, 9, 40), 102.6), (datetime(2020, 11, 9, 9, 55), 50.0))
    sheets.convert()
    rows = sheets.table("diagnosis").query("code == 'E16.2'").set_index("person_id")
    assert rows.loc["2001", ["date", "available_date"]].tolist() == [date(2020, 11, 2), date(2020, 11, 9)]
    # No trace: 14 days, the longest that a sensor is worn.
    assert rows.loc["2002", "available_date"] == date(2021, 5, 27)


@pytest.mark.parametrize(
    ("stated", "atc"),
    [
        ("metformin", "A10BA02"),
        ("盐酸二甲双胍", "A10BA02"),
        (" Insulin  Glarigine ", "A10AE04"),
        ("诺和灵30R", "A10AD01"),
        ("Novolin 30R", "A10AD01"),
        ("insulin aspart 70/30", "A10AD05"),
        ("Yinxingye tablet (extract of Ginkgo biloba leaves)", "N06DX02"),
    ],
)
def test_drug_names_in_both_languages_find_their_atc_code(sheets: Sheets, stated: str, atc: str) -> None:
    sheets.summary({"Hypoglycemic Agents": stated})
    sheets.convert()
    row = sheets.table("pharmacy_claim").iloc[0]
    assert (row["atc_code"], row["fill_date"]) == (atc, date(2020, 11, 2))


def test_a_drug_of_no_list_keeps_its_name_and_is_counted(sheets: Sheets) -> None:
    sheets.summary({"Other Agents": "aspirin; epalrestat、aspirin"})
    report = sheets.convert()
    rows = sheets.table("pharmacy_claim")
    assert rows["drug_code"].tolist() == ["aspirin", "epalrestat"]
    assert rows["atc_code"].fillna("").tolist() == ["B01AC06", ""]
    assert counts(report)["drug epalrestat"] == 1


def test_traces_of_either_unit_and_kind_of_workbook_are_read(sheets: Sheets) -> None:
    sheets.summary({}, {"Patient Number": "2002_0_20210513"})
    instant = datetime(2021, 5, 13, 16, 22)
    table: list[list[Cell]] = [["日期", "ＣＧＭ（mmol/L）"], [instant, 10.0], ["2021/5/13 16:37", "９．０"]]
    write_xls(sheets.folder / "2002_0_20210513.xls", table)
    sheets.convert()
    rows = sheets.table("glucose_reading").query("person_id == '2002'")
    # 10 mmol/L x 18.018 = 180.18 mg/dL; 9 x 18.018 = 162.162.
    assert rows["glucose"].tolist() == pytest.approx([180.18, 162.162])
    assert rows["time"].tolist() == [pd.Timestamp(instant), pd.Timestamp("2021-05-13 16:37")]


def test_midnight_and_a_bare_day_number_are_instants(sheets: Sheets) -> None:
    midnight, noon = datetime(2020, 11, 3), datetime(2020, 11, 3, 12)
    sheets.trace("2001_0_20201102", (midnight, 100.0), (serial(noon), 110.0))
    sheets.convert()
    assert sheets.table("glucose_reading")["time"].tolist() == [pd.Timestamp(midnight), pd.Timestamp(noon)]


def test_a_reading_that_comes_twice_is_written_once(sheets: Sheets) -> None:
    first, second = datetime(2020, 11, 3, 8), datetime(2020, 11, 3, 8, 15)
    sheets.trace("2001_0_20201102", (second, 110.0), (first, 100.0), (first, 100.0), (second, 140.0))
    report = sheets.convert()
    assert sheets.table("glucose_reading")["glucose"].tolist() == [100.0, 110.0]
    assert counts(report)["glucose_reading: the same reading again"] == 1
    assert counts(report)["glucose_reading: another value at an instant that has one"] == 1


def test_readings_that_cannot_be_used_are_set_aside_by_reason(sheets: Sheets) -> None:
    instant = datetime(2020, 11, 3, 8)
    sheets.trace("2001_0_20201102", (instant, 100.0), ("yesterday", 100.0), (instant, "HI"), (instant, 5000.0))
    sheets.trace("3999_0_20201102", (instant, 100.0))
    report = sheets.convert()
    assert len(sheets.table("glucose_reading")) == 1
    found = {what: number for what, number in counts(report).items() if what.startswith("glucose_reading")}
    assert found == {
        "glucose_reading: a trace of nobody in the summary sheets": 1,
        "glucose_reading: glucose is not a number from 10 to 1000 mg/dL": 2,
        "glucose_reading: the instant cannot be read": 1,
    }
    # Every line of the traces is either a reading or set aside.
    lines = sum(rows for name, rows in report.rows_in.items() if "Summary" not in name)
    assert lines == len(sheets.table("glucose_reading")) + len(sheets.table("quarantine/glucose_reading"))


def test_meals_and_doses_are_counted_and_finger_pricks_are_results(sheets: Sheets) -> None:
    line: list[Cell] = [
        datetime(2020, 11, 2, 9, 40),
        102.6,
        104.4,
        0.2,
        "Rice 100 g",
        "米饭100克",
        "8 IU",
        "/",
        6.0,
        "",
        "",
    ]
    write_xlsx(sheets.folder / "cgm" / "2001_0_20201102.xlsx", [[*TRACE_HEADERS], line])
    report = sheets.convert()
    found = counts(report)
    assert [found[name] for name in ("Dietary intake", "饮食", "Insulin dose - s.c.")] == [1, 1, 1]
    assert found["CSII - bolus insulin (Novolin R, IU)"] == 1
    assert found["Non-insulin hypoglycemic agents"] == 0
    assert labs(sheets)["capillary_glucose"] == (104.4, "mg/dL")
    assert labs(sheets)["blood_ketone"] == (0.2, "mmol/L")


@pytest.mark.parametrize(
    ("visit", "problem"),
    [
        ({"Patient Number": "2001"}, "found 1 rows that are not a visit (first row 2: Patient Number 2001)"),
        ({"Patient Number": "2001_0_20201302"}, "Patient Number 2001_0_20201302"),
        ({"Age (years)": "/"}, "Age (years) of 2001_0_20201102"),
        ({"Type of Diabetes": "LADA"}, "Type of Diabetes of 2001_0_20201102"),
    ],
    ids=["number", "date", "age", "type"],
)
def test_a_visit_that_cannot_be_read_is_refused(sheets: Sheets, visit: dict[str, Cell], problem: str) -> None:
    sheets.summary(visit)
    with pytest.raises(DataContractError, match=re.escape(problem)):
        sheets.convert()
    assert not sheets.target.exists()


def test_a_trace_without_a_stated_unit_is_refused(sheets: Sheets) -> None:
    sheets.trace("2001_0_20201102", (datetime(2020, 11, 2, 9, 40), 102.6), headers=("Date", "CGM"))
    with pytest.raises(DataContractError, match="no column of glucose with its unit among CGM"):
        sheets.convert()


def test_a_visit_in_two_workbooks_is_refused(sheets: Sheets) -> None:
    sheets.summary({}, {})
    with pytest.raises(DataContractError, match="Patient Number 2001_0_20201102 a second time"):
        sheets.convert()
    sheets.summary({})
    write_xls(sheets.folder / "2001_0_20201102.xls", [["Date", "CGM (mg / dl)"], [1.0, 2.0]])
    with pytest.raises(DataContractError, match="found 2 workbooks '2001_0_20201102'"):
        sheets.convert()


def test_a_folder_without_sheets_says_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"Shanghai_T2DM_Summary\.xlsx; found no workbook"):
        convert_shanghai(tmp_path, tmp_path / "out")
    with pytest.raises(DataContractError, match="no such folder"):
        convert_shanghai(tmp_path / "absent", tmp_path / "out")


def test_every_table_has_every_column_of_its_contract(sheets: Sheets) -> None:
    report = sheets.convert()
    for name in report.rows_out:
        assert sheets.table(name).columns.tolist() == TABLES[name].column_names


def test_the_mapping_table_names_every_column_and_where_it_goes() -> None:
    page = (ROOT / "docs" / "adapters" / "shanghai.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    stated = {fold(cells[0].strip("`")): cells[1:] for cells in rows}
    fields = {fold(field.header): field for field in (*SUMMARY, *TRACE)}
    assert set(stated) == set(fields)
    with (MAPPINGS / "shanghai" / "analytes.csv").open(encoding="utf-8") as text:
        analytes = {row["field"]: (row["analyte"], row["unit"]) for row in csv.DictReader(text)}
    for header, field in fields.items():
        if field in NUMBERS:
            analyte, unit = analytes[field.name]
            assert stated[header][0] == f"lab_result `{analyte}`, {unit}"
        assert ("not mapped" in stated[header][0]) == (field.name in UNMAPPED)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[AdapterReport, Path]:
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) are not beside the project")
    target = tmp_path_factory.mktemp("shanghai") / "canonical"
    return convert_shanghai(SHARED, target), target


@pytest.mark.shared_data
def test_the_real_sheets_hold_the_persons_of_their_readme(real: tuple[AdapterReport, Path]) -> None:
    report, _ = real
    assert report.rows_out["person"] == 112
    # 16 + 109 visits; each states weight, height and BMI, and they agree.
    assert report.reconciliation == {"visits_with_bmi": 125, "bmi_agrees": 125}
    # 13 traces, a reading per line; every value of the sheets is plausible, two eGFR of 257 and 286 among them.
    traces = [rows for name, rows in report.rows_in.items() if "Summary" not in name]
    assert (len(traces), sum(traces)) == (13, report.rows_out["glucose_reading"])
    aside = {what: n for what, n in counts(report).items() if what.startswith(("value:", "glucose_reading:"))}
    assert aside == {}


@pytest.mark.shared_data
def test_the_page_states_what_the_real_files_give(real: tuple[AdapterReport, Path]) -> None:
    report, _ = real
    page = (ROOT / "docs" / "adapters" / "shanghai.md").read_text(encoding="utf-8")
    for table, rows in report.rows_out.items():
        assert f"| {table} | {rows}" in page
    for what, number in counts(report).items():
        if what.startswith("drug "):
            assert f"{what.removeprefix('drug ')} {number}" in page.lower()


@pytest.mark.shared_data
def test_the_real_sheets_keep_the_contract(tmp_path: Path, real: tuple[AdapterReport, Path]) -> None:
    opened = open_source("shanghai", SHARED, tmp_path / "work", on_bad_rows="refuse")
    assert opened.tables.quality.rows_in == sum(real[0].rows_out.values())
    # Reading brings mmol/mol to %, and leaves mg/dL of glucose as it is.
    labs = opened.tables.frame("lab_result")
    assert set(labs.loc[labs["analyte"].isin(["hba1c", "glucose"]), "unit"]) == {"%", "mg/dL"}


@pytest.mark.shared_data
def test_the_real_hba1c_is_plausible_in_percent(real: tuple[AdapterReport, Path]) -> None:
    rows = pd.read_parquet(real[1] / "lab_result.parquet").query("analyte == 'hba1c'")
    # Counted in the sheets: 16 - 1 and 109 - 8 visits that do not hold '/'.
    assert len(rows) == 116
    assert (rows["value"] / 10.929 + 2.15).between(4, 18).all()


@pytest.mark.shared_data
def test_every_blood_sugar_drug_of_the_real_sheets_has_an_atc_code(real: tuple[AdapterReport, Path]) -> None:
    rows = pd.read_parquet(real[1] / "pharmacy_claim.parquet")
    named = rows["drug_code"].str.contains("insulin|novolin|humulin|gansulin|gli|metformin|bose")
    assert rows.loc[named & ~rows["drug_code"].str.contains("glyc"), "atc_code"].str.startswith("A10").all()

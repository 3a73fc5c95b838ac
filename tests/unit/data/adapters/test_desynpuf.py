"""The DE-SynPUF adapter on a hand-made source."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from riskkit.data.adapters.desynpuf import convert_desynpuf
from riskkit.data.io import read_tables
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from tests.unit.data.adapters.conftest import SynpufFolder


def table(target: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(target / f"{name}.parquet")


def counts(report: object) -> dict[str, int]:
    return {item.what: item.count for item in report.unmapped}  # type: ignore[attr-defined]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "canonical"


def test_stays_and_summary_rows_add_up_to_the_annual_statement(synpuf: SynpufFolder, target: Path) -> None:
    report = convert_desynpuf(synpuf.folder, target)
    claims = table(target, "medical_claim").set_index("claim_id")
    # Medicare pays 4000 + 10 a day x 5 days = 4050, the member 1024: together 5074.
    assert claims.loc["C1", ["paid_amount", "member_amount", "allowed_amount"]].tolist() == [4050, 1024, 5074]
    assert claims.loc["A-2008-outpatient", ["paid_amount", "member_amount", "allowed_amount"]].tolist() == [
        300,
        50,
        350,
    ]
    # 700 from Medicare and 30 from another payer: allowed 730, of which the member owes nothing.
    assert claims.loc["A-2009-professional", ["paid_amount", "member_amount", "allowed_amount"]].tolist() == [
        700,
        0,
        730,
    ]
    assert sorted(claims.index) == ["A-2008-outpatient", "A-2009-professional", "C1"]
    assert claims["adjustment"].tolist() == ["summary", "summary", "original"]
    assert report.reconciliation["tie_share"] == 1.0
    assert report.reconciliation["tie_share_bare"] == 0.0


def test_annual_rows_are_known_on_the_last_day_of_their_year(synpuf: SynpufFolder, target: Path) -> None:
    convert_desynpuf(synpuf.folder, target)
    claims = table(target, "medical_claim").set_index("claim_id")
    row = claims.loc["A-2008-outpatient"]
    assert {row["start_date"], row["end_date"], row["available_date"]} == {date(2008, 12, 31)}
    assert claims.loc["C1", "available_date"] == date(2008, 3, 15)


def test_a_stay_over_new_year_belongs_to_the_year_of_its_end(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.claims(
        synpuf.stay("C1", "A", "20080310", "20080315"),
        synpuf.stay("C2", "A", "20081229", "20090103", CLM_PMT_AMT="900.00"),
    )
    synpuf.year(2009, {"DESYNPUF_ID": "A", "MEDREIMB_IP": "950.00", "BENRES_IP": "1024.00"})
    report = convert_desynpuf(synpuf.folder, target)
    # 900 + 5 x 10 = 950 in 2009, and 4050 in 2008: both years tie, so there is no inpatient summary row.
    assert report.reconciliation["tie"] == 2
    assert "inpatient" not in set(table(target, "medical_claim").query("adjustment == 'summary'")["setting"])
    assert counts(report)["stays that begin in one year and end in the next"] == 1


def test_dollars_without_a_claim_line_become_an_inpatient_summary_row(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.year(2009, {"DESYNPUF_ID": "A", "MEDREIMB_IP": "2000.00"})
    convert_desynpuf(synpuf.folder, target)
    claims = table(target, "medical_claim").set_index("claim_id")
    assert claims.loc["A-2009-inpatient", ["setting", "adjustment", "paid_amount"]].tolist() == [
        "inpatient",
        "summary",
        2000,
    ]


def test_a_negative_payment_is_kept_where_the_deductible_outweighs_it(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.claims(synpuf.stay("C1", "A", "20080310", "20080315", CLM_PMT_AMT="-500.00", CLM_UTLZTN_DAY_CNT="0"))
    report = convert_desynpuf(synpuf.folder, target)
    claims = table(target, "medical_claim").set_index("claim_id")
    # The member's 1024 less 500 leaves 524 allowed.
    assert claims.loc["C1", ["paid_amount", "allowed_amount"]].tolist() == [-500, 524]
    assert counts(report)["stays with a negative payment"] == 1


def test_a_stay_that_nets_to_a_credit_moves_its_credit_to_the_summary_row(synpuf: SynpufFolder, target: Path) -> None:
    credit = {"CLM_PMT_AMT": "-2000.00", "CLM_PASS_THRU_PER_DIEM_AMT": "0.00"}
    synpuf.year(2008, {"DESYNPUF_ID": "A", "MEDREIMB_IP": "-2000.00", "BENRES_IP": "1024.00"})
    synpuf.claims(synpuf.stay("C1", "A", "20080310", "20080315", **credit))
    report = convert_desynpuf(synpuf.folder, target)
    claims = table(target, "medical_claim").set_index("claim_id")
    assert claims.loc["C1", ["paid_amount", "member_amount", "allowed_amount"]].tolist() == [0, 0, 0]
    assert claims.loc["A-2008-inpatient", ["paid_amount", "member_amount", "allowed_amount"]].tolist() == [
        -2000,
        1024,
        -976,
    ]
    assert counts(report)["stays that net to a credit"] == 1


def test_second_segments_are_set_aside_and_counted(synpuf: SynpufFolder, target: Path) -> None:
    second = synpuf.stay("C1", "A", "20080310", "20080315", SEGMENT="2") | {"CLM_FROM_DT": "", "CLM_THRU_DT": ""}
    synpuf.claims(synpuf.stay("C1", "A", "20080310", "20080315"), second)
    report = convert_desynpuf(synpuf.folder, target)
    assert counts(report)["second segments of a claim"] == 1
    assert len(pd.read_parquet(target / "quarantine" / "claim_segment.parquet")) == 1
    assert report.reconciliation["tie_share"] == 1.0


@pytest.mark.parametrize(
    ("years", "death", "spells"),
    [
        ((2008, 2009), "", [("2008-01-01", "2010-01-01")]),
        ((2008,), "", [("2008-01-01", "2009-01-01")]),
        ((2008, 2010), "", [("2008-01-01", "2009-01-01"), ("2010-01-01", "2011-01-01")]),
        ((2008, 2009), "20090701", [("2008-01-01", "2009-07-02")]),
    ],
    ids=["joined", "one-year", "away-for-a-year", "dies"],
)
def test_a_beneficiary_is_enrolled_in_the_years_of_the_files(
    synpuf: SynpufFolder, target: Path, years: tuple[int, ...], death: str, spells: list[tuple[str, str]]
) -> None:
    for year in (2008, 2009, 2010):
        other = {"DESYNPUF_ID": "B"}
        rows = [{"DESYNPUF_ID": "A", "BENE_DEATH_DT": death if year == years[-1] else ""}] if year in years else []
        synpuf.year(year, other, *rows)
    convert_desynpuf(synpuf.folder, target)
    found = table(target, "enrollment").query("person_id == 'A'")[["start_date", "end_date"]].astype("str")
    assert list(found.itertuples(index=False, name=None)) == spells


def test_months_of_cover_are_facts_of_the_year(synpuf: SynpufFolder, target: Path) -> None:
    months = {"BENE_HI_CVRAGE_TOT_MONS": "12", "BENE_SMI_CVRAGE_TOT_MONS": "7", "BENE_HMO_CVRAGE_TOT_MONS": "3"}
    synpuf.year(2009, {"DESYNPUF_ID": "A", **months})
    convert_desynpuf(synpuf.folder, target)
    stated = table(target, "lab_result").query("record_id.str.startswith('A-2009')").set_index("analyte")["value"]
    assert stated.to_dict() == {
        "stated_managed_care_months": 3.0,
        "stated_part_a_months": 12.0,
        "stated_part_b_months": 7.0,
    }


def test_chronic_flags_are_registry_diagnoses_of_31_december(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.year(2009, {"DESYNPUF_ID": "A", "BENE_ESRD_IND": "Y", "SP_CHF": "1"})
    convert_desynpuf(synpuf.folder, target)
    flags = table(target, "diagnosis").query("source == 'case_definition'")
    assert list(flags[["record_id", "code"]].itertuples(index=False, name=None)) == [
        ("A-2008-flags", "25000"),
        ("A-2009-flags", "4280"),
        ("A-2009-flags", "5856"),
    ]
    assert set(flags["date"]) == {date(2008, 12, 31), date(2009, 12, 31)}


def test_stay_codes_keep_their_position_and_are_dated_at_discharge(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.claims(synpuf.stay("C1", "A", "20080310", "20080315", ICD9_DGNS_CD_3="4280", ICD9_PRCDR_CD_2="8415"))
    convert_desynpuf(synpuf.folder, target)
    stays = table(target, "diagnosis").query("source == 'inpatient'")
    assert list(stays[["position", "code"]].itertuples(index=False, name=None)) == [(1, "25013"), (3, "4280")]
    assert set(stays["date"]) == {date(2008, 3, 15)}
    procedures = table(target, "procedure")
    assert list(procedures[["claim_id", "position", "code"]].itertuples(index=False, name=None)) == [("C1", 2, "8415")]


def test_a_person_is_taken_from_the_latest_year(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.year(2009, {"DESYNPUF_ID": "A", "SP_STATE_CODE": "10", "BENE_SEX_IDENT_CD": "1"})
    convert_desynpuf(synpuf.folder, target)
    person = table(target, "person").iloc[0]
    assert (person["sex"], person["region"], person["birth_date"]) == ("male", "10", date(1940, 1, 1))


def test_every_row_keeps_the_canonical_contract(synpuf: SynpufFolder, target: Path, tmp_path: Path) -> None:
    report = convert_desynpuf(synpuf.folder, target)
    quality = read_tables(target, tmp_path / "clean").quality
    assert quality.rows_quarantined == 0
    assert quality.rows_in == sum(report.rows_out.values())


def test_what_has_no_place_is_counted_with_a_reason(synpuf: SynpufFolder, target: Path) -> None:
    report = convert_desynpuf(synpuf.folder, target)
    found = counts(report)
    # Two person-years with race 1 and county 230; the one HCPCS column is empty.
    assert (found["BENE_RACE_CD"], found["HCPCS_CD_1..1"]) == (2, 0)
    assert all(item.reason for item in report.unmapped)
    assert report.rows_in == {
        "DE1_0_2008_Beneficiary_Summary_File_Sample_1.csv": 1,
        "DE1_0_2008_to_2010_Inpatient_Claims_Sample_1.csv": 1,
        "DE1_0_2009_Beneficiary_Summary_File_Sample_1.csv": 1,
    }


def test_progress_names_each_table(synpuf: SynpufFolder, target: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    convert_desynpuf(synpuf.folder, target, progress=lambda *step: seen.append(step))
    assert seen[0] == ("person", 0, 6)
    assert [name for name, _, _ in seen] == [
        "person",
        "enrollment",
        "medical_claim",
        "diagnosis",
        "procedure",
        "lab_result",
    ]


def test_gzip_and_plain_files_give_the_same_tables(synpuf: SynpufFolder, target: Path, tmp_path: Path) -> None:
    convert_desynpuf(synpuf.folder, target)
    for file in list(synpuf.folder.iterdir()):
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    convert_desynpuf(synpuf.folder, tmp_path / "again")
    pd.testing.assert_frame_equal(table(target, "medical_claim"), table(tmp_path / "again", "medical_claim"))


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("BENE_BIRTH_DT", "19400231", "expected a date as YYYYMMDD"),
        ("BENE_BIRTH_DT", "", "found 1 values of BENE_BIRTH_DT"),
        ("BENE_SEX_IDENT_CD", "3", "expected one of 1, 2"),
        ("MEDREIMB_OP", "12.345", "expected an amount with at most two decimals"),
        ("BENE_HI_CVRAGE_TOT_MONS", "13", "expected months from 0 to 12"),
        (
            "SP_DIABETES",
            "9",
            "(first filename='DE1_0_2009_Beneficiary_Summary_File_Sample_1.csv', DESYNPUF_ID='A': '9')",
        ),
    ],
)
def test_a_value_that_cannot_be_read_is_named_and_nothing_is_written(
    synpuf: SynpufFolder, target: Path, column: str, value: str, problem: str
) -> None:
    synpuf.year(2009, {"DESYNPUF_ID": "A", column: value})
    with pytest.raises(DataContractError) as error:
        convert_desynpuf(synpuf.folder, target)
    assert problem in str(error.value)
    assert "DE1_0_2009_Beneficiary_Summary_File_Sample_1.csv" in str(error.value)
    assert not target.exists()


def test_a_file_cut_short_is_refused(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.claims(*[synpuf.stay(f"C{number}", "A", "20080310", "20080315") for number in range(500)])
    file = synpuf.folder / "DE1_0_2008_to_2010_Inpatient_Claims_Sample_1.csv"
    whole = gzip.compress(file.read_bytes())
    file.unlink()
    file.with_name(file.name + ".gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataContractError, match=r"Inpatient_Claims_Sample_1\.csv\.gz: cannot be read"):
        convert_desynpuf(synpuf.folder, target)
    assert not target.exists()


def test_files_that_do_not_belong_together_are_refused(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.year(2008, {"DESYNPUF_ID": "B"}, sample=2)
    with pytest.raises(DataContractError, match="sample 2 has no beneficiary summary of 2009"):
        convert_desynpuf(synpuf.folder, target)
    synpuf.year(2009, {"DESYNPUF_ID": "B"}, sample=2)
    with pytest.raises(DataContractError, match="sample 2 has no file of inpatient claims"):
        convert_desynpuf(synpuf.folder, target)
    synpuf.claims(synpuf.stay("C9", "Z", "20080310", "20080315"), sample=2)
    with pytest.raises(DataContractError, match=r"1 claims of persons without a beneficiary summary .first 'C9'"):
        convert_desynpuf(synpuf.folder, target)
    synpuf.claims(synpuf.stay("C9", "B", "20080310", "20080315"), sample=2)
    synpuf.year(2009, {"DESYNPUF_ID": "B"}, {"DESYNPUF_ID": "A"}, sample=2)
    with pytest.raises(DataContractError, match=r"1 beneficiaries in two samples of one year .first 'A'"):
        convert_desynpuf(synpuf.folder, target)


def test_a_claim_that_comes_twice_is_refused(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.claims(synpuf.stay("C1", "A", "20080310", "20080315"), synpuf.stay("C1", "A", "20080310", "20080315"))
    with pytest.raises(DataContractError, match=r"1 keys that come more than once .first CLM_ID='C1', SEGMENT='1'."):
        convert_desynpuf(synpuf.folder, target)


def test_a_first_segment_without_dates_is_refused(synpuf: SynpufFolder, target: Path) -> None:
    synpuf.claims(synpuf.stay("C1", "A", "20080310", "20080315") | {"CLM_FROM_DT": ""})
    with pytest.raises(DataContractError, match="first segments without CLM_FROM_DT"):
        convert_desynpuf(synpuf.folder, target)


def test_the_same_source_gives_the_same_bytes(synpuf: SynpufFolder, target: Path, tmp_path: Path) -> None:
    convert_desynpuf(synpuf.folder, target)
    convert_desynpuf(synpuf.folder, tmp_path / "again")
    for file in target.glob("*.parquet"):
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()

"""Tuva claim lines: folded into claims whose money is counted once, in three versions of the layout."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.tuva import ELIGIBILITY, LABS, MEDICAL, PHARMACY, convert_tuva
from riskkit.errors import DataContractError
from riskkit.workflow.source import open_source

SHARED = Path(__file__).parents[5] / "shared" / "data" / "tuva_claims"
EXTRACTS = ("tuva_seeds_2b73f191", "v_0e4363b", "v_88f8ce5")
MEMBER = {"person_id": "P1", "gender": "female", "birth_date": "1950-01-01", "state": "Ohio"}
SPAN = {**MEMBER, "enrollment_start_date": "2018-01-01", "enrollment_end_date": "2018-06-30"}
LINE = {
    "claim_id": "C1",
    "claim_line_number": "1",
    "claim_type": "professional",
    "person_id": "P1",
    "claim_start_date": "2018-03-01",
    "claim_end_date": "2018-03-02",
    "paid_amount": "10.00",
    "allowed_amount": "12.50",
    "diagnosis_code_1": "E119",
    "diagnosis_code_2": "I10",
    "diagnosis_code_type": "icd-10-cm",
}
FILL = {"claim_id": "R1", "claim_line_number": "1", "person_id": "P1", "dispensing_date": "2018-03-01", "ndc_code": "1"}


def write(folder: Path, layout: object, rows: list[dict[str, str]]) -> None:
    names = [column.name for column in layout.columns]  # type: ignore[attr-defined]
    extra = [name for row in rows for name in row if name not in names]
    frame = pd.DataFrame(rows, columns=[*names, *dict.fromkeys(extra)])
    frame.to_csv(folder / layout.example, index=False)  # type: ignore[attr-defined]


def convert(
    tmp_path: Path,
    *lines: dict[str, str],
    spans: tuple[dict[str, str], ...] = (SPAN,),
    labs: tuple[dict[str, str], ...] = (),
) -> dict[str, pd.DataFrame]:
    source, target = tmp_path / "source", tmp_path / "canonical"
    source.mkdir()
    write(source, ELIGIBILITY, list(spans))
    write(source, MEDICAL, [{**LINE, **line} for line in lines])
    write(source, PHARMACY, [FILL])
    if labs:
        write(source, LABS, list(labs))
    convert_tuva(source, target)
    return {str(file.relative_to(target).with_suffix("")): pd.read_parquet(file) for file in target.rglob("*.parquet")}


def test_professional_lines_are_summed(tmp_path: Path) -> None:
    claim = convert(tmp_path, {}, {"claim_line_number": "2"})["medical_claim"].iloc[0]
    assert (claim["paid_amount"], claim["allowed_amount"], claim["member_amount"]) == (20.0, 25.0, 5.0)
    assert (claim["setting"], claim["adjustment"]) == ("professional", "original")


def test_an_institutional_payment_on_every_line_is_counted_once(tmp_path: Path) -> None:
    hospital = {"claim_type": "institutional", "bill_type_code": "111", "paid_amount": "348.98", "allowed_amount": ""}
    claim = convert(tmp_path, *({**hospital, "claim_line_number": str(n)} for n in (1, 2, 3)))["medical_claim"].iloc[0]
    assert (claim["paid_amount"], claim["allowed_amount"], claim["setting"]) == (348.98, 348.98, "inpatient")


def test_an_institutional_payment_on_one_line_is_the_claims(tmp_path: Path) -> None:
    hospital = {"claim_type": "institutional", "bill_type_code": "131", "allowed_amount": ""}
    lines = [{**hospital, "claim_line_number": "1"}, {**hospital, "claim_line_number": "2", "paid_amount": ""}]
    claim = convert(tmp_path, *lines)["medical_claim"].iloc[0]
    assert (claim["paid_amount"], claim["setting"]) == (10.0, "outpatient")


@pytest.mark.parametrize(
    ("line", "adjustment"),
    [
        ({"bill_type_code": "118"}, "reversal"),
        ({"bill_type_code": "117"}, "replacement"),
        ({"bill_type_code": "857", "paid_amount": "-99.55", "allowed_amount": ""}, "reversal"),
        ({"bill_type_code": "111"}, "original"),
    ],
)
def test_the_last_digit_of_the_bill_type_and_the_sign_say_what_a_claim_takes_back(
    tmp_path: Path, line: dict[str, str], adjustment: str
) -> None:
    claims = convert(tmp_path, {"claim_type": "institutional", **line})["medical_claim"]
    assert claims["adjustment"].tolist() == [adjustment]


def test_a_reversal_cancels_its_original(tmp_path: Path) -> None:
    stay = {"claim_type": "institutional", "bill_type_code": "111"}
    back = {**stay, "claim_id": "C2", "bill_type_code": "118", "paid_amount": "-10.00", "allowed_amount": "-12.50"}
    claims = convert(tmp_path, stay, back)["medical_claim"]
    assert claims["allowed_amount"].sum() == 0
    assert claims.set_index("claim_id")["adjustment"].to_dict() == {"C1": "original", "C2": "reversal"}


def test_a_revenue_code_045x_is_an_emergency(tmp_path: Path) -> None:
    line = {"claim_type": "institutional", "bill_type_code": "131", "revenue_center_code": "0450"}
    assert convert(tmp_path, line)["medical_claim"]["setting"].tolist() == ["emergency"]


def test_gaps_of_enrolment_are_kept_and_the_last_day_is_a_day_of_membership(tmp_path: Path) -> None:
    later = {**SPAN, "enrollment_start_date": "2018-09-01", "enrollment_end_date": "2018-12-31"}
    spans = convert(tmp_path, {}, spans=(SPAN, later))["enrollment"][["start_date", "end_date"]].astype(str)
    assert spans.to_numpy().tolist() == [["2018-01-01", "2018-07-01"], ["2018-09-01", "2019-01-01"]]


def test_diagnoses_stand_once_per_claim_in_the_order_of_their_slots(tmp_path: Path) -> None:
    codes = convert(tmp_path, {}, {"claim_line_number": "2", "diagnosis_code_type": "icd-10-pcs"})["diagnosis"]
    assert codes[["position", "code", "vocabulary"]].to_numpy().tolist() == [
        [1, "E119", "icd10cm"],
        [2, "I10", "icd10cm"],
    ]


def test_results_are_carried_by_loinc_and_text_answers_are_not(tmp_path: Path) -> None:
    lab = {"person_id": "P1", "result_datetime": "2018-03-02 10:00:00", "collection_datetime": "2018-03-01 09:00:00"}
    labs = (
        {**lab, "lab_result_id": "L1", "source_order_code": "4548-4", "result": "7.1", "source_units": "%"},
        {**lab, "lab_result_id": "L2", "source_order_code": "56799-0", "result": "1 Main St"},
        {**lab, "lab_result_id": "L3", "source_order_code": "2947-0", "result": "140", "source_units": "mmol/L"},
        {**lab, "lab_result_id": "L4", "source_order_code": "4548-4", "result": "71", "source_units": "%"},
    )
    tables = convert(tmp_path, {}, labs=labs)
    held = tables["lab_result"].set_index("record_id")
    assert held["analyte"].to_dict() == {"L1": "hba1c", "L3": "loinc_2947_0"}
    assert str(held.loc["L1", "date"])[:10] == "2018-03-01"
    assert str(held.loc["L1", "available_date"])[:10] == "2018-03-02"
    assert tables["quarantine/lab_result"]["record_id"].tolist() == ["L4"]


def test_a_claim_of_two_members_is_set_aside_line_by_line(tmp_path: Path) -> None:
    tables = convert(tmp_path, {}, {"claim_line_number": "2", "person_id": "P2"}, {"claim_id": "C2"})
    assert tables["medical_claim"]["claim_id"].tolist() == ["C2"]
    assert tables["quarantine/claim_line"]["reason"].tolist() == ["claim_id: of more than one member"] * 2


def test_a_value_that_cannot_be_read_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"medical_claim\.csv: found 1 values of claim_start_date"):
        convert(tmp_path, {"claim_start_date": "1.3.2018"})
    assert not (tmp_path / "canonical").exists()


@pytest.mark.shared_data
@pytest.mark.parametrize("extract", EXTRACTS)
def test_the_real_extracts_keep_the_contract_and_their_money(tmp_path: Path, extract: str) -> None:
    source = SHARED / extract
    if not source.is_dir():
        pytest.skip("the real data (../shared/data) are not beside the project")
    opened = open_source("tuva", source, tmp_path / "work", on_bad_rows="refuse")
    claims = opened.tables.frame("medical_claim")
    lines = pd.read_csv(source / "medical_claim.csv", dtype=str)
    paid = lines.assign(paid=lines["paid_amount"].astype("float64").round(2)).groupby(["claim_type", "claim_id"])[
        "paid"
    ]
    # professional lines are summed; an institutional claim has one payment, on one line or on each
    assert paid.nunique()["institutional"].max() == 1
    assert len(claims) == lines["claim_id"].nunique()
    by_kind = claims.groupby(claims["setting"].eq("professional"))["paid_amount"].sum()
    assert by_kind[True] == pytest.approx(paid.sum()["professional"].sum())
    assert by_kind[False] == pytest.approx(paid.max()["institutional"].sum())

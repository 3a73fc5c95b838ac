"""Each rule of the contract refuses what it should and nothing else, in a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from riskkit.data.io import read_tables
from riskkit.data.quality import Example, QualityReport, TableQuality, Violation, refuse
from riskkit.data.rules import row_rules
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError

AHEAD = "2999-01-01"


@pytest.mark.parametrize(
    "case",
    [
        ({"setting": ""}, "setting: present", "no value", "a value"),
        ({"setting": "spa"}, "setting: allowed values", "'spa'", "one of inpatient, outpatient"),
        ({"start_date": "1.3.2023"}, "start_date: readable", "'1.3.2023'", "a date as YYYY-MM-DD"),
        ({"end_date": "2023-02-28"}, "end_date not before start_date", "'2023-02-28'", "end_date on or after start"),
        ({"available_date": "2023-02-28"}, "available_date not before start_date", "'2023-02-28'", "available_date on"),
        ({"end_date": AHEAD}, "end_date: not in the future", f"'{AHEAD}'", "a day up to "),
        ({"start_date": "0203-03-01"}, "start_date: in range", "'0203-03-01'", "a date as YYYY-MM-DD, from 1800-01-01"),
        ({"allowed_amount": "-0.01"}, "allowed_amount: not negative", "'-0.01'", "0 or more unless adjustment is"),
        ({"allowed_amount": "nan"}, "allowed_amount: in range", "'nan'", "an amount, from -1e12 to 1e12"),
        ({"allowed_amount": "inf"}, "allowed_amount: in range", "'inf'", "an amount, from -1e12 to 1e12"),
        ({"allowed_amount": "12 yuan"}, "allowed_amount: readable", "'12 yuan'", "an amount"),
        ({"person_id": "P9"}, "person_id: known", "a person_id", "a person_id of table person"),
        ({"adjustment": "void"}, "adjustment: allowed values", "'void'", "one of original, reversal, replacement"),
    ],
    ids=lambda case: f"{case[1]} {case[2]}",
)
def test_a_broken_rule_is_said_with_the_key_what_was_found_and_what_was_expected(
    write_source: Callable[..., Path],
    claims: Callable[..., str],
    tmp_path: Path,
    case: tuple[dict[str, str], str, str, str],
) -> None:
    change, rule, found, expected = case
    source = write_source(medical_claim=claims({}, change))
    with pytest.raises(DataContractError) as caught:
        read_tables(source, tmp_path / "work")
    said = str(caught.value)
    start = f"medical_claim: 1 of 2 rows break '{rule}' (first row 2, claim_id='C2': found {found}, expected {expected}"
    assert said.startswith(start)
    assert said.endswith("Correct the extract, or read it with --on-bad-rows quarantine.")
    assert "\n" not in said


@pytest.mark.parametrize(
    "change",
    [
        {"available_date": AHEAD},
        {"allowed_amount": "-1200.50", "adjustment": "reversal"},
        {"allowed_amount": "-3", "adjustment": "summary"},
        {"allowed_amount": ""},
        {"end_date": "2023-03-01", "available_date": "2023-03-01"},
        {"start_date": "2023-03-01 00:00:00"},
    ],
    ids=str,
)
def test_what_the_contract_allows_passes(
    write_source: Callable[..., Path], claims: Callable[..., str], tmp_path: Path, change: dict[str, str]
) -> None:
    assert read_tables(write_source(medical_claim=claims(change)), tmp_path / "work").quality.rows_quarantined == 0


def test_a_fund_payment_may_be_negative_where_the_member_paid_more(
    write_source: Callable[..., Path], tmp_path: Path
) -> None:
    header = "claim_id,person_id,setting,start_date,end_date,available_date,paid_amount,member_amount,adjustment\n"
    line = "C{},P1,inpatient,2023-03-01,2023-03-05,2023-04-01,{},{},original\n"
    # the deductible of 1,000 outweighs the fund's -200; with 100 it does not
    read_tables(write_source(medical_claim=header + line.format(1, -200, 1000)), tmp_path / "work")
    with pytest.raises(DataContractError, match="paid_amount: not negative"):
        read_tables(write_source(medical_claim=header + line.format(1, -200, 100)), tmp_path / "work")


def test_every_row_of_a_repeated_key_is_broken(
    write_source: Callable[..., Path], claims: Callable[..., str], tmp_path: Path
) -> None:
    source = write_source(medical_claim=claims({"claim_id": "C1"}, {"claim_id": "C1"}, {}))
    with pytest.raises(DataContractError, match="2 of 3 rows break 'claim_id: stands once'"):
        read_tables(source, tmp_path / "work")


def test_a_key_is_compared_by_its_value_and_not_by_its_spelling(
    write_source: Callable[..., Path], tmp_path: Path
) -> None:
    spans = "person_id,start_date,end_date\nP1,2020-01-01,2021-01-01\nP1,2020-01-01 00:00:00,2021-06-01\n"
    with pytest.raises(
        DataContractError, match=r"enrollment: 2 of 2 rows break 'person_id \+ start_date: stands once'"
    ):
        read_tables(write_source(enrollment=spans), tmp_path / "work")


def test_bounds_of_a_column_are_rules() -> None:
    rules = {rule.name: rule.expected for rule in row_rules(TABLES["pharmacy_claim"], date(2024, 1, 1))}
    assert rules["days_supply: minimum"] == "at least 0"
    assert rules["days_supply: maximum"] == "at most 400"
    assert rules["fill_date: not in the future"] == "a day up to 2024-01-01"
    assert "available_date: not in the future" not in rules


def test_a_report_adds_up_and_goes_into_json() -> None:
    report = QualityReport((TableQuality("person", 5, 4, 1), TableQuality("diagnosis", 7, 7, 0)))
    assert (report.rows_in, report.rows_accepted, report.rows_quarantined) == (12, 11, 1)
    account = report.to_dict()
    assert {name: account[name] for name in ("rows_in", "rows_accepted", "rows_quarantined")} == {
        "rows_in": 12,
        "rows_accepted": 11,
        "rows_quarantined": 1,
    }


def test_refuse_raises_on_the_first_violation_and_only_then() -> None:
    refuse(TableQuality("person", 1, 1, 0))
    shown = (Example("row 3", "'x'"),)
    first = Violation("person", "sex: allowed values", "sex", 1, "one of female, male", shown)
    with pytest.raises(DataContractError, match="1 of 3 rows break 'sex: allowed values'"):
        refuse(TableQuality("person", 3, 2, 1, (first,)))

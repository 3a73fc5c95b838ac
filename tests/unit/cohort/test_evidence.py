"""Which records prove an outcome, and on which date."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from riskkit.cohort.evidence import Evidence, find_evidence
from riskkit.data.outcome_rules import CodeRule, EventRules, StayRule
from riskkit.errors import PolicyError

MakeTable = Callable[..., pd.DataFrame]
LISTS = pd.DataFrame(
    [
        ("toy", "kidney", "who_cn", "N18", 1.0),
        ("toy", "eye", "who_cn", "E113", 1.0),
        ("toy", "retina", "who_cn", "H35", 1.0),
        ("toy", "diabetes", "who_cn", "E11", 1.0),
        ("toy", "birth", "who_cn", "O80", 1.0),
        ("toy", "amputation", "icd9cm3", "841", 1.0),
        ("toy", "amputation", "icd9cm3", "8411", 0.0),
    ],
    columns=["list", "group", "vocabulary", "prefix", "points"],
)


def _claims(table: MakeTable, *rows: tuple[str, str, str]) -> pd.DataFrame:
    """Claims of one day: (claim, setting, date)."""
    made = [
        {
            "claim_id": claim,
            "person_id": "a",
            "setting": setting,
            "start_date": day,
            "end_date": day,
            "available_date": day,
            "adjustment": "original",
        }
        for claim, setting, day in rows
    ]
    return table("medical_claim", *made)


def _coded(table: MakeTable, *rows: tuple[str, int, str, str, str]) -> pd.DataFrame:
    """Diagnoses: (claim, position, code, setting, date)."""
    made = [
        {
            "record_id": claim,
            "position": position,
            "person_id": "a",
            "date": day,
            "available_date": day,
            "code": code,
            "vocabulary": "who_cn",
            "source": setting,
        }
        for claim, position, code, setting, day in rows
    ]
    return table("diagnosis", *made)


def _find(
    table: MakeTable, rules: dict[str, object], *visits: tuple[str, str, str], before: str | None = None
) -> Evidence:
    """Evidence of visits with one code each: (setting, date, code)."""
    claims = [(f"C{place}", setting, day) for place, (setting, day, _) in enumerate(visits)]
    codes = [(f"C{place}", 1, code, setting, day) for place, (setting, day, code) in enumerate(visits)]
    held = {"medical_claim": _claims(table, *claims), "diagnosis": _coded(table, *codes)}
    made = EventRules(washout_days=0, **rules)
    return find_evidence(held, made, LISTS, before=None if before is None else pd.Timestamp(before))


def _days(frame: pd.DataFrame) -> list[str]:
    return [f"{day:%m-%d}" for day in frame["date"]]


KIDNEY = {"codes": (CodeRule(groups=("toy:kidney",), within_days=60),)}


@pytest.mark.parametrize(
    ("visits", "events"),
    [
        ([("outpatient", "01-01")], []),  # once is no proof
        ([("outpatient", "01-01"), ("outpatient", "01-01")], []),  # nor is twice on one day
        ([("outpatient", "01-01"), ("outpatient", "03-02")], ["01-01"]),  # 60 days apart: dated on the first
        ([("outpatient", "01-01"), ("outpatient", "03-03")], []),  # 61 days apart
        ([("outpatient", "01-01"), ("emergency", "01-05")], ["01-01"]),  # any setting confirms
        ([("outpatient", "01-01"), ("inpatient", "01-05")], ["01-01", "01-05"]),
        ([("inpatient", "01-05")], ["01-05"]),  # once in hospital proves
        ([("emergency", "01-05")], []),
    ],
)
def test_two_dates_outside_or_one_in_hospital_prove(
    table: MakeTable, visits: list[tuple[str, str]], events: list[str]
) -> None:
    found = _find(table, KIDNEY, *[(setting, f"2023-{day}", "N18.3") for setting, day in visits])
    assert _days(found.events) == events
    assert _days(found.mentions) == sorted({day for _, day in visits})


def test_nothing_is_taken_from_the_day_that_may_not_be_seen(table: MakeTable) -> None:
    visits = (("outpatient", "2023-01-01", "N18.3"), ("outpatient", "2023-01-10", "N18.3"))
    # The confirmation of the 10th is not known on the 10th.
    assert _days(_find(table, KIDNEY, *visits, before="2023-01-11").events) == ["01-01"]
    assert _days(_find(table, KIDNEY, *visits, before="2023-01-10").events) == []
    assert _days(_find(table, KIDNEY, *visits, before="2023-01-10").mentions) == ["01-01"]


def test_an_acute_outcome_is_proved_and_mentioned_in_hospital_or_emergency_alone(table: MakeTable) -> None:
    acute = CodeRule(groups=("toy:kidney",), emergency_dates=1, outpatient_dates=0)
    visits = [("outpatient", "2023-01-01"), ("outpatient", "2023-01-02"), ("emergency", "2023-02-01")]
    found = _find(table, {"codes": (acute,)}, *[(setting, day, "N18.3") for setting, day in visits])
    assert _days(found.events) == _days(found.mentions) == ["02-01"]


def test_a_pair_proves_on_one_claim_only(table: MakeTable) -> None:
    rule = CodeRule(pairs=(("toy:eye", "toy:retina"),), within_days=60)
    claims = [("C1", "inpatient", "2023-01-01"), ("C2", "inpatient", "2023-02-01"), ("C3", "inpatient", "2023-03-01")]
    codes = [
        ("C1", 1, "E11.300", "inpatient", "2023-01-01"),
        ("C2", 1, "H35.0", "inpatient", "2023-02-01"),
        ("C3", 1, "E11.300", "inpatient", "2023-03-01"),
        ("C3", 2, "H35.0", "inpatient", "2023-03-01"),
    ]
    held = {"medical_claim": _claims(table, *claims), "diagnosis": _coded(table, *codes)}
    found = find_evidence(held, EventRules(washout_days=0, codes=(rule,)), LISTS)
    assert _days(found.events) == ["03-01"]


def test_a_claim_that_was_taken_back_proves_nothing_and_a_register_does(table: MakeTable, stays: MakeTable) -> None:
    claims = stays(("a", "2023-01-01", "2023-01-05"), ("a", "2023-01-01", "2023-01-05", {"adjustment": "reversal"}))
    codes = _coded(table, ("C1", 1, "N18.3", "inpatient", "2023-01-01"), ("R1", 1, "N18.3", "registry", "2023-03-01"))
    found = find_evidence({"medical_claim": claims, "diagnosis": codes}, EventRules(washout_days=0, **KIDNEY), LISTS)
    assert _days(found.events) == []
    assert _days(found.mentions) == ["03-01"]


def test_of_a_replaced_claim_the_replacement_speaks(table: MakeTable, stays: MakeTable) -> None:
    claims = stays(
        ("a", "2023-01-01", "2023-01-05"),
        ("a", "2023-01-01", "2023-01-05", {"adjustment": "reversal"}),
        ("a", "2023-01-01", "2023-01-05", {"adjustment": "replacement"}),
    )
    original = _coded(table, ("C1", 1, "N18.3", "inpatient", "2023-01-01"))
    renewed = _coded(table, ("C3", 1, "N18.3", "inpatient", "2023-01-01"))
    rules = EventRules(washout_days=0, **KIDNEY)
    assert find_evidence({"medical_claim": claims, "diagnosis": original}, rules, LISTS).events.empty
    assert len(find_evidence({"medical_claim": claims, "diagnosis": renewed}, rules, LISTS).events) == 1


def _admit(table: MakeTable, stays: MakeTable, rule: StayRule, *codes: tuple[str, int, str]) -> list[str]:
    """Two contiguous stays, C1 from 1 January and C2 from the 5th, and C3 from 1 June."""
    claims = stays(
        ("a", "2023-01-01", "2023-01-05"),
        ("a", "2023-01-05", "2023-01-09"),
        ("a", "2023-06-01", "2023-06-05", {"admission_source": "transfer"}),
    )
    procedure = {"claim_id": "C2", "position": 1, "person_id": "a", "date": "2023-01-06", "vocabulary": "icd9cm"}
    held = {
        "person": table("person", {"person_id": "a", "birth_date": "2005-01-02"}),
        "medical_claim": claims,
        "diagnosis": _coded(table, *[(*code, "inpatient", "2023-01-01") for code in codes]),
        "procedure": table("procedure", {**procedure, "available_date": "2023-01-06", "code": "84.1501"}),
    }
    found = find_evidence(held, EventRules(washout_days=0, stays=(rule,)), LISTS)
    return _days(found.events)


def test_the_principal_diagnosis_is_that_of_the_first_of_contiguous_stays(table: MakeTable, stays: MakeTable) -> None:
    rule = StayRule(name="diabetes", principal=("toy:diabetes",))
    assert _admit(table, stays, rule, ("C1", 1, "E11.9"), ("C2", 1, "J18")) == ["01-01"]
    assert _admit(table, stays, rule, ("C1", 1, "J18"), ("C2", 1, "E11.9")) == []
    assert _admit(table, stays, rule, ("C1", 2, "E11.9"), ("C3", 1, "E11.9")) == ["06-01"]


def test_procedures_and_other_diagnoses_count_anywhere_in_the_admission(table: MakeTable, stays: MakeTable) -> None:
    rule = StayRule(name="PQI16", diagnoses=("toy:diabetes",), procedures=("toy:amputation",))
    # The amputation is of C2; the diabetes stands on C1; C3 has diabetes and no amputation.
    assert _admit(table, stays, rule, ("C1", 3, "E11.9"), ("C3", 1, "E11.9")) == ["01-01"]
    assert _admit(table, stays, rule, ("C3", 1, "E11.9")) == []


def test_what_rules_an_admission_out(table: MakeTable, stays: MakeTable) -> None:
    both = (("C1", 1, "E11.9"), ("C3", 1, "E11.9"))
    principal = {"name": "x", "principal": ("toy:diabetes",)}
    assert _admit(table, stays, StayRule(**principal), *both) == ["01-01", "06-01"]
    assert _admit(table, stays, StayRule(**principal, transfers_in=False), *both) == ["01-01"]
    # Born on 2 January 2005: 17 on 1 January 2023, 18 in June
    assert _admit(table, stays, StayRule(**principal, minimum_age_years=18), *both) == ["06-01"]
    birth = (*both, ("C2", 2, "O80.0"))
    assert _admit(table, stays, StayRule(**principal, without_diagnoses=("toy:birth",)), *birth) == ["06-01"]


def test_a_group_that_only_marks_the_prevalent_is_no_event(table: MakeTable) -> None:
    rules = {"stays": (StayRule(name="x", principal=("toy:kidney",)),), "prevalent": ("toy:kidney",)}
    found = _find(table, rules, ("outpatient", "2023-01-01", "N18.3"), ("inpatient", "2023-03-01", "N18.3"))
    assert _days(found.events) == ["03-01"]
    assert _days(found.mentions) == ["01-01", "03-01"]


def test_a_group_without_a_list_is_refused(table: MakeTable) -> None:
    rules = {"codes": (CodeRule(groups=("toy:liver",), within_days=60),)}
    with pytest.raises(PolicyError, match="names the code group 'toy:liver', expected one of a code list"):
        _find(table, rules, ("outpatient", "2023-01-01", "K74"))

"""What happened in the window after the index date, and how much each member counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.cohort.outcomes import count_control, label_admission, label_control, label_cost
from riskkit.data.outcome_rules import AgeTarget
from riskkit.data.schemas import TABLES
from riskkit.policy import PolicyNumber

MakeTable = Callable[..., pd.DataFrame]
INDEX = "2023-01-01"
LATE = pd.Timestamp("2030-01-01")
"""An end of the data beyond every window."""


def _admission(
    table: MakeTable, cohort: MakeTable, claims: pd.DataFrame, *, months: float = 12.0, death: str | None = None
) -> pd.Series:
    person = table("person", {"person_id": "a", "birth_date": "1950-01-01", "death_date": death})
    labels = label_admission(
        cohort(("a", INDEX, months)),
        {"person": person, "medical_claim": claims},
        horizon_days=365,
        follow_up_end=LATE,
    )
    assert len(labels) == 1
    return labels.iloc[0]


@pytest.mark.parametrize(
    ("start", "event_days"),
    [
        ("2022-12-31", None),
        ("2023-01-01", 0),
        ("2023-12-31", 364),  # the last of 365 days
        ("2024-01-01", None),
    ],
)
def test_the_window_of_an_admission_is_half_open(
    table: MakeTable, stays: MakeTable, cohort: MakeTable, start: str, event_days: int | None
) -> None:
    label = _admission(table, cohort, stays(("a", start, "2024-02-01")))
    assert (label["observed"], label["weight"]) == (event_days is not None, 1.0)
    assert label["event_days"] == event_days or (event_days is None and np.isnan(label["event_days"]))


@pytest.mark.parametrize(
    ("changes", "observed"),
    [
        ([{"setting": "outpatient"}], 0),
        ([{"adjustment": "summary"}], 0),
        ([{"adjustment": "replacement"}], 1),
        ([{}, {"adjustment": "reversal"}], 0),
        ([{}, {"adjustment": "reversal"}, {"adjustment": "replacement"}], 1),
        ([{}, {}, {"adjustment": "reversal"}], 1),
        ([{"person_id": "b"}], 0),
    ],
    ids=["visit", "money", "replacement", "reversed", "replaced", "one-of-two", "other"],
)
def test_only_a_stay_that_stands_is_an_admission(
    table: MakeTable, stays: MakeTable, cohort: MakeTable, changes: list[dict[str, object]], observed: int
) -> None:
    rows = stays(*[("a", "2023-03-01", "2023-03-05", change) for change in changes])
    assert _admission(table, cohort, rows)["observed"] == observed


def test_of_several_stays_the_first_that_stands_is_the_event(
    table: MakeTable, stays: MakeTable, cohort: MakeTable
) -> None:
    taken_back = ("a", "2023-01-11", "2023-01-12", {"adjustment": "reversal"})
    rows = stays(
        ("a", "2023-01-11", "2023-01-12"),
        taken_back,
        ("a", "2023-03-01", "2023-03-02"),
        ("a", "2023-02-01", "2023-02-02"),
    )
    # 1 February is day 31
    assert _admission(table, cohort, rows)["event_days"] == 31


def test_death_as_a_member_is_an_observed_end(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    # Died on day 30; enrolment ended the day after: 31 days of exposure
    label = _admission(table, cohort, stays(), months=31 * 12 / 365, death="2023-01-31")
    assert (label["observed"], label["weight"]) == (0, 1.0)


def test_a_leaver_counts_for_nothing_even_where_a_later_death_is_known(
    table: MakeTable, stays: MakeTable, cohort: MakeTable
) -> None:
    assert _admission(table, cohort, stays(), months=6.0)["weight"] == 0
    assert _admission(table, cohort, stays(), months=3.0, death="2023-12-01")["weight"] == 0


def test_a_leaver_with_an_admission_counts(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    label = _admission(table, cohort, stays(("a", "2023-02-01", "2023-02-05")), months=6.0)
    assert (label["observed"], label["weight"]) == (1, 1.0)


def test_those_who_stay_stand_for_those_who_left(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    # The worked case in days: ten members, events on days 91 and 243, two leave on day 182, six stay: 0.2286.
    months = [12.0] * 8 + [182 * 12 / 365] * 2
    names = [f"m{number}" for number in range(10)]
    members = cohort(*[(name, INDEX, month) for name, month in zip(names, months, strict=True)])
    claims = stays(("m0", "2023-04-02", "2023-04-05"), ("m1", "2023-09-01", "2023-09-05"))
    labels = label_admission(members, {"medical_claim": claims}, horizon_days=365, follow_up_end=LATE)
    assert labels["event_days"].dropna().tolist() == [91, 243]
    assert np.average(labels["observed"], weights=labels["weight"]) == pytest.approx(16 / 70)


def test_each_index_date_is_weighted_by_its_own_leavers(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    members = cohort(("a", INDEX, 12.0), ("b", INDEX, 6.0), ("a", "2024-01-01", 12.0), ("b", "2024-01-01", 12.0))
    labels = label_admission(members, {"medical_claim": stays()}, horizon_days=365, follow_up_end=LATE)
    # In 2023 one of two leaves, so the other counts twice.
    assert labels["weight"].tolist() == [2.0, 0.0, 1.0, 1.0]


def _spending(table: MakeTable, *amounts: tuple[str, float]) -> pd.DataFrame:
    rows = [
        {
            "claim_id": f"C{place}",
            "person_id": person,
            "setting": "outpatient",
            "start_date": "2023-02-01",
            "end_date": "2023-02-01",
            "available_date": "2023-02-01",
            "allowed_amount": amount,
            "paid_amount": amount / 2,
            "adjustment": "original" if amount >= 0 else "reversal",
        }
        for place, (person, amount) in enumerate(amounts)
    ]
    return table("medical_claim", *rows)


def test_partial_years_are_annualised_and_weighted_to_the_money_spent(table: MakeTable, cohort: MakeTable) -> None:
    # 3,000 in 9 months, 12,000 in 3 months, 500 in 12 months: annualised 4,000, 48,000, 500.
    members = cohort(("a", INDEX, 9.0), ("b", INDEX, 3.0), ("c", INDEX, 12.0))
    claims = _spending(table, ("a", 3000), ("b", 12000), ("c", 500))
    labels = label_cost(
        members, {"medical_claim": claims}, horizon_days=365, amount="allowed_amount", follow_up_end=LATE
    )
    assert labels["observed"].tolist() == [4000, 48000, 500]
    assert labels["weight"].tolist() == [0.75, 0.25, 1.0]
    assert labels["observed"] @ labels["weight"] == 15_500
    # 15,500 over 2 member-years
    assert np.average(labels["observed"], weights=labels["weight"]) == 7_750


def test_a_member_counts_up_to_the_pooling_point_and_is_annualised_after_it(
    table: MakeTable, cohort: MakeTable
) -> None:
    # 10,000 is the point: 3,000 in 9 months is 4,000 a year, 12,000 in 3 months counts as 10,000 and is 40,000 a year.
    members = cohort(("a", INDEX, 9.0), ("b", INDEX, 3.0), ("c", INDEX, 12.0))
    held = {"medical_claim": _spending(table, ("a", 3000), ("b", 7000), ("b", 5000), ("c", -20_000))}
    labels = label_cost(
        members, held, horizon_days=365, amount="allowed_amount", cap_amount=10_000.0, follow_up_end=LATE
    )
    assert labels["observed"].tolist() == [4000, 40_000, -20_000]
    assert labels["observed"] @ labels["weight"] == 3000 + 10_000 - 20_000


def test_the_fund_share_drugs_and_reversals_are_in_the_cost(table: MakeTable, cohort: MakeTable) -> None:
    drug = {
        "claim_id": "D1",
        "person_id": "a",
        "fill_date": "2023-12-31",
        "available_date": "2023-12-31",
        "allowed_amount": 30,
        "paid_amount": 10,
    }
    late = {**drug, "claim_id": "D2", "fill_date": "2024-01-01", "available_date": "2024-01-01"}
    held = {
        "medical_claim": _spending(table, ("a", 100), ("a", -100), ("a", 50.10)),
        "pharmacy_claim": table("pharmacy_claim", drug, late),
    }
    members = cohort(("a", INDEX, 12.0))
    # 100 - 100 + 50.10 + 30; the fund pays half of the visits and 10 of the drug
    for amount, expected in (("allowed_amount", 80.1), ("paid_amount", 35.05)):
        labels = label_cost(members, held, horizon_days=365, amount=amount, follow_up_end=LATE)
        assert labels["observed"].tolist() == [expected]


@pytest.mark.parametrize(("months", "weight"), [(0.5, 0.5 / 12), (0.49, 0.0), (0.0, 0.0)])
def test_a_few_days_cannot_be_annualised(table: MakeTable, cohort: MakeTable, months: float, weight: float) -> None:
    claims = _spending(table, ("a", 100))
    labels = label_cost(
        cohort(("a", INDEX, months)),
        {"medical_claim": claims},
        horizon_days=365,
        amount="allowed_amount",
        follow_up_end=LATE,
    )
    assert labels["weight"].tolist() == [weight]
    assert labels["observed"].tolist() == ([2400.0] if weight else [0.0])


@pytest.mark.parametrize("held", ["nothing", "untyped", "typed"])
def test_members_without_a_record_are_labelled_zero(
    stays: MakeTable, table: MakeTable, cohort: MakeTable, held: str
) -> None:
    names = ("person", "medical_claim", "pharmacy_claim")
    empty = {
        "nothing": {},
        "untyped": {name: pd.DataFrame(columns=TABLES[name].column_names) for name in names},
        "typed": {name: table(name) for name in names},
    }[held]
    members = cohort(("b", INDEX, 12.0), ("a", INDEX, 12.0))
    for labels in (
        label_admission(members, empty, horizon_days=365),
        label_cost(members, empty, horizon_days=365, amount="allowed_amount"),
    ):
        assert labels["person_id"].tolist() == ["b", "a"]
        assert labels["observed"].tolist() == [0.0, 0.0]
        assert labels["weight"].tolist() == [1.0, 1.0]


def test_labels_of_nobody_are_empty(stays: MakeTable, cohort: MakeTable) -> None:
    nobody = cohort(("a", INDEX, 12.0)).iloc[:0]
    held = {"medical_claim": stays(("a", "2023-02-01", "2023-02-02"))}
    assert label_admission(nobody, held, horizon_days=365).empty
    assert label_cost(nobody, held, horizon_days=365, amount="paid_amount").empty


def test_tables_may_be_files(stays: MakeTable, cohort: MakeTable, tmp_path: Path) -> None:
    file = tmp_path / "medical_claim.parquet"
    stays(("a", "2023-02-01", "2023-02-02")).to_parquet(file)
    labels = label_admission(cohort(("a", INDEX, 12.0)), {"medical_claim": file}, horizon_days=365, follow_up_end=LATE)
    assert labels["observed"].tolist() == [1.0]


def test_a_stay_that_continues_one_from_before_is_no_new_admission(
    table: MakeTable, stays: MakeTable, cohort: MakeTable
) -> None:
    rows = stays(("a", "2022-12-20", "2022-12-31"), ("a", "2023-01-01", "2023-01-09"))
    assert _admission(table, cohort, rows)["observed"] == 0


def test_a_death_is_weighted_by_the_leavers_before_it(table: MakeTable, cohort: MakeTable) -> None:
    # Four members: one leaves on day 90, one dies on day 30, one on day 180, one stays. Before day 90 nobody has
    # left; then one of the three who are left does: G = 2/3.
    died = {"b": "2023-01-31", "c": "2023-06-30"}
    days = {"a": 90, "b": 31, "c": 181, "d": 365}
    people = [{"person_id": name, "birth_date": "1950-01-01", "death_date": died.get(name)} for name in days]
    members = cohort(*[(name, INDEX, count * 12 / 365) for name, count in days.items()])
    labels = label_admission(members, {"person": table("person", *people)}, horizon_days=365, follow_up_end=LATE)
    assert labels["weight"].tolist() == pytest.approx([0, 1, 1.5, 1.5])


def test_an_admission_is_censored_where_the_data_end(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    # The last record is the discharge on 30 June, day 180: nobody was followed to day 365, though all are enrolled.
    members = cohort(("a", INDEX, 12.0), ("b", INDEX, 12.0))
    claims = stays(("a", "2023-06-25", "2023-06-30"))
    labels = label_admission(members, {"medical_claim": claims}, horizon_days=365)
    assert labels["observed"].tolist() == [1.0, 0.0]
    assert labels["weight"].tolist() == [1.0, 0.0]
    # A window that ends with the last record has closed.
    short = label_admission(members, {"medical_claim": claims}, horizon_days=181)
    assert short["weight"].tolist() == [1.0, 1.0]


def test_nothing_is_known_on_the_day_on_which_the_follow_up_ends(
    table: MakeTable, stays: MakeTable, cohort: MakeTable
) -> None:
    members = cohort(("a", INDEX, 12.0), ("b", INDEX, 12.0))
    claims = stays(("a", "2023-03-01", "2023-03-05"), ("b", "2023-02-28", "2023-03-05"))
    ends = pd.Timestamp("2023-03-01")
    labels = label_admission(members, {"medical_claim": claims}, horizon_days=365, follow_up_end=ends)
    assert labels["observed"].tolist() == [0.0, 1.0]
    died = table("person", {"person_id": "a", "birth_date": "1950-01-01", "death_date": "2023-03-01"})
    gone = label_admission(cohort(("a", INDEX, 12.0)), {"person": died}, horizon_days=365, follow_up_end=ends)
    assert gone["weight"].tolist() == [0.0]


def test_the_exposure_of_a_cost_ends_with_the_data(table: MakeTable, cohort: MakeTable) -> None:
    # 3,000 on 1 February, the last record: 32 days of exposure, at 3,000 x 365 / 32 a year. Of the leaver's 12 days
    # nothing can be said, and at the second index date no day is seen.
    members = cohort(("a", INDEX, 12.0), ("b", INDEX, 12 * 12 / 365), ("a", "2023-03-01", 12.0))
    claims = _spending(table, ("a", 3000))
    labels = label_cost(members, {"medical_claim": claims}, horizon_days=365, amount="allowed_amount")
    assert labels["weight"].tolist() == pytest.approx([32 / 365, 0, 0])
    assert labels["observed"].tolist() == pytest.approx([3000 * 365 / 32, 0, 0])
    # Under an end that is given, money from that day on is in no label.
    early = label_cost(
        members.iloc[:1],
        {"medical_claim": claims},
        horizon_days=365,
        amount="allowed_amount",
        follow_up_end=pd.Timestamp("2023-02-01"),
    )
    assert early["observed"].tolist() == [0.0]
    assert early["weight"].tolist() == pytest.approx([31 / 365])


def _target(age: int, value: float) -> AgeTarget:
    number = PolicyNumber(value=value, unit="%", reference="test", effective=date(2024, 1, 1))
    return AgeTarget(from_age_years=age, target=number)


TARGETS = (_target(0, 6.5), _target(40, 7.0), _target(65, 8.0))


def _control(
    table: MakeTable,
    cohort: MakeTable,
    *values: tuple[str, float],
    age: float = 50.0,
    until: str = "2030-01-01",
    death: str | None = None,
) -> pd.DataFrame:
    results = [
        {
            "record_id": f"L{place}",
            "person_id": "a",
            "date": day,
            "available_date": day,
            "analyte": "hba1c",
            "value": value,
            "unit": "%",
        }
        for place, (day, value) in enumerate(values)
    ]
    held = {
        "person": table("person", {"person_id": "a", "birth_date": "1950-01-01", "death_date": death}),
        "enrollment": table("enrollment", {"person_id": "a", "start_date": "2020-01-01", "end_date": until}),
        "lab_result": table("lab_result", *results),
    }
    return label_control(
        cohort(("a", INDEX, 12.0)).assign(age_years=age),
        held,
        horizon_days=365,
        targets=TARGETS,
        allowed_gap_days=0,
        follow_up_end=pd.Timestamp("2030-01-01"),
    )


@pytest.mark.parametrize(
    ("age", "value", "observed"),
    [(39.9, 6.4, 1), (39.9, 6.5, 0), (40.0, 6.9, 1), (64.9, 7.0, 0), (65.0, 7.9, 1), (65.0, 8.0, 0)],
)
def test_control_goes_by_the_target_of_the_age_and_strictly_below_it(
    table: MakeTable, cohort: MakeTable, age: float, value: float, observed: int
) -> None:
    row = _control(table, cohort, ("2023-06-01", value), age=age).iloc[0]
    assert (row["observed"], row["weight"], row["control_state"]) == (observed, 1, "measured")


def test_the_last_value_of_the_year_decides(table: MakeTable, cohort: MakeTable) -> None:
    found = _control(table, cohort, ("2022-12-31", 9.0), ("2023-02-01", 9.0), ("2023-12-31", 6.0), ("2024-01-01", 9.0))
    assert found[["observed", "value"]].to_numpy().tolist() == [[1.0, 6.0]]


def test_members_without_a_value_and_leavers_count_for_nothing_and_are_counted(
    table: MakeTable, cohort: MakeTable
) -> None:
    unmeasured = _control(table, cohort, ("2022-12-31", 6.0))
    left = _control(table, cohort, ("2023-02-01", 6.0), until="2023-06-01")
    # Who died was followed to the end, and counts with the last value, of the very day if need be.
    died = _control(table, cohort, ("2023-02-01", 9.0), ("2023-06-01", 6.0), until="2023-06-02", death="2023-06-01")
    assert [frame["weight"].iloc[0] for frame in (unmeasured, left, died)] == [0, 0, 1]
    assert died["observed"].tolist() == [1]
    counted = count_control(pd.concat([unmeasured, left, died]))
    assert counted.drop(columns="index_date").to_numpy().tolist() == [[3, 1, 1, 1]]

"""Time to a first event: washout, risk set, follow-up; death; a threshold of cost."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from riskkit.cohort.events import count_risk_set, label_death, label_high_cost, label_time_to_event
from riskkit.data.outcome_rules import CodeRule, EventRules

MakeTable = Callable[..., pd.DataFrame]
INDEX = "2023-01-01"
LISTS = pd.DataFrame(
    [("toy", "kidney", "who_cn", "N18", 1.0)], columns=["list", "group", "vocabulary", "prefix", "points"]
)
RULES = EventRules(washout_days=365, codes=(CodeRule(groups=("toy:kidney",), within_days=730),))


def _held(
    table: MakeTable,
    *dates: str,
    enrolled: tuple[str, str] = ("2020-01-01", "2030-01-01"),
    death: str | None = None,
) -> dict[str, pd.DataFrame]:
    """One member with a kidney code in the register on each date: any two of them prove."""
    codes = [
        {
            "record_id": f"R{place}",
            "position": 1,
            "person_id": "a",
            "date": day,
            "available_date": day,
            "code": "N18.3",
            "vocabulary": "who_cn",
            "source": "registry",
        }
        for place, day in enumerate(dates)
    ]
    span = {"person_id": "a", "start_date": enrolled[0], "end_date": enrolled[1]}
    return {
        "person": table("person", {"person_id": "a", "birth_date": "1950-01-01", "death_date": death}),
        "enrollment": table("enrollment", span),
        "diagnosis": table("diagnosis", *codes),
    }


def _label(
    cohort: MakeTable, held: dict[str, pd.DataFrame], *, end: str | None = "2030-01-01", horizon: int = 1095
) -> pd.Series:
    labels = label_time_to_event(
        cohort(("a", INDEX, 12.0)),
        held,
        horizon_days=horizon,
        rules=RULES,
        code_lists=LISTS,
        allowed_gap_days=0,
        follow_up_end=None if end is None else pd.Timestamp(end),
    )
    return labels.iloc[0]


@pytest.mark.parametrize(
    ("dates", "state", "event_days"),
    [
        (("2023-02-01", "2023-06-01"), "at_risk", 31),
        (("2022-12-31",), "prevalent", None),  # one mention, unconfirmed
        (("2022-01-01",), "prevalent", None),  # 365 days before: the first day of the washout
        (("2021-12-31", "2023-02-01", "2023-06-01"), "at_risk", 31),  # a day before the washout
        (("2022-12-31", "2023-02-01"), "prevalent", 31),  # what is seen after counts for nobody
        (("2023-01-01", "2023-02-01"), "at_risk", 0),  # the index date is in the window, not in the washout
        (("2023-02-01",), "at_risk", None),
        ((), "at_risk", None),
    ],
)
def test_a_mention_in_the_washout_takes_a_member_out_of_the_risk_set(
    table: MakeTable, cohort: MakeTable, dates: tuple[str, ...], state: str, event_days: int | None
) -> None:
    row = _label(cohort, _held(table, *dates))
    assert row["risk_state"] == state
    assert row["risk_set"] == (state == "at_risk")
    if state == "at_risk":
        assert row["weight"] == 1
        assert row["event_days"] == event_days or (event_days is None and pd.isna(row["event_days"]))
    else:
        assert row["weight"] == 0


def test_without_enrolment_over_the_washout_nothing_is_known(table: MakeTable, cohort: MakeTable) -> None:
    row = _label(cohort, _held(table, "2023-02-01", "2023-03-01", enrolled=("2022-01-02", "2030-01-01")))
    assert (row["risk_state"], row["risk_set"], row["weight"]) == ("unknown", False, 0)
    # A code in what was seen of it says enough.
    assert (
        _label(cohort, _held(table, "2022-06-01", enrolled=("2022-01-02", "2030-01-01")))["risk_state"] == "prevalent"
    )


def test_no_label_looks_at_the_end_or_past_it(table: MakeTable, cohort: MakeTable) -> None:
    held = _held(table, "2023-06-01", "2024-06-01")
    # 1 January 2024 is day 365. The second date is past it, so that the first one proves nothing yet.
    row = _label(cohort, held, end="2024-01-01")
    assert (row["cause"], row["followed_days"], row["weight"]) == (0, 365, 0)
    assert _label(cohort, held, end="2024-06-02")["event_days"] == 151


def test_the_last_record_ends_the_follow_up_where_no_day_is_given(table: MakeTable, cohort: MakeTable) -> None:
    # The last record is of 1 June 2023, day 151; the contract runs on until 2030.
    row = _label(cohort, _held(table, "2023-06-01"), end=None)
    assert (row["cause"], row["followed_days"]) == (0, 152)


def test_rows_may_end_on_days_of_their_own(table: MakeTable, cohort: MakeTable) -> None:
    members = cohort(("a", INDEX, 12.0), ("a", "2024-01-01", 12.0))
    ends = pd.Series(pd.to_datetime(["2024-01-01", None]))
    labels = label_time_to_event(
        members,
        _held(table, "2021-01-01", "2024-02-01", "2024-03-01"),
        horizon_days=1095,
        rules=RULES,
        code_lists=LISTS,
        allowed_gap_days=0,
        follow_up_end=ends,
    )
    assert labels["cause"].tolist() == [0, 1]
    assert labels["followed_days"].tolist() == [365, 31]


def test_death_and_leaving_end_the_time_at_risk(table: MakeTable, cohort: MakeTable) -> None:
    dead = _label(cohort, _held(table, enrolled=("2020-01-01", "2023-02-02"), death="2023-02-01"))
    assert (dead["cause"], dead["followed_days"], dead["observed"], dead["weight"]) == (2, 31, 0, 1)
    left = _label(cohort, _held(table, "2023-03-01", "2023-04-01", enrolled=("2020-01-01", "2023-02-01")))
    assert (left["cause"], left["followed_days"], left["observed"], left["weight"]) == (0, 31, 0, 0)


def test_the_order_of_the_cohort_is_kept_and_the_risk_set_counted(table: MakeTable, cohort: MakeTable) -> None:
    held = _held(table, "2022-06-01")
    spans = [
        {"person_id": name, "start_date": start, "end_date": end}
        for name, start, end in (
            ("a", "2020-01-01", "2030-01-01"),
            ("b", "2022-06-01", "2030-01-01"),
            ("c", "2020-01-01", "2030-01-01"),
            ("d", "2020-01-01", "2023-06-01"),
        )
    ]
    held["enrollment"] = table("enrollment", *spans)
    members = cohort(*[(name, INDEX, 12.0) for name in "dbca"])
    labels = label_time_to_event(
        members,
        held,
        horizon_days=365,
        rules=RULES,
        code_lists=LISTS,
        allowed_gap_days=0,
        follow_up_end=pd.Timestamp("2030-01-01"),
    )
    assert labels["person_id"].tolist() == ["d", "b", "c", "a"]
    assert labels["risk_state"].tolist() == ["at_risk", "unknown", "at_risk", "prevalent"]
    counts = count_risk_set(labels).iloc[0].drop("index_date").to_dict()
    expected = {"members": 4, "at_risk": 2, "prevalent": 1, "unknown": 1, "events": 0, "deaths": 0, "censored": 1}
    assert counts == expected
    # d left, so that c stands for both.
    assert labels["weight"].tolist() == [0, 0, 2, 0]


@pytest.mark.parametrize(
    ("death", "until", "expected"),
    [
        ("2023-02-01", "2023-02-02", (1, 1, 31)),
        ("2023-02-01", "2023-01-15", (0, 0, 14)),  # left before: unknown
        (None, "2030-01-01", (0, 0, 365)),
    ],
)
def test_a_death_as_a_member_is_the_event(
    table: MakeTable, cohort: MakeTable, death: str | None, until: str, expected: tuple[int, int, int]
) -> None:
    held = _held(table, enrolled=("2020-01-01", until), death=death)
    labels = label_death(
        cohort(("a", INDEX, 12.0)),
        held,
        horizon_days=365,
        allowed_gap_days=0,
        follow_up_end=pd.Timestamp("2030-01-01"),
    )
    assert tuple(labels.iloc[0][["observed", "cause", "followed_days"]]) == expected


def _spent(
    table: MakeTable,
    stays: MakeTable,
    cohort: MakeTable,
    *amounts: tuple[str, float],
    until: str = "2030-01-01",
    death: str | None = None,
) -> tuple[float, float]:
    held = _held(table, enrolled=("2020-01-01", until), death=death)
    rows = [("a", day, day, {"allowed_amount": amount}) for day, amount in amounts]
    labels = label_high_cost(
        cohort(("a", INDEX, 12.0)),
        {**held, "medical_claim": stays(*rows)},
        horizon_days=365,
        amount="allowed_amount",
        threshold_amount=1000.0,
        allowed_gap_days=0,
        follow_up_end=pd.Timestamp("2030-01-01"),
    )
    return labels["observed"].iloc[0], labels["weight"].iloc[0]


def test_the_threshold_is_passed_by_the_sum_of_the_year(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    spent = (table, stays, cohort)
    assert _spent(*spent, ("2023-02-01", 600.0), ("2023-11-01", 400.0)) == (0, 1)  # 1,000 does not exceed 1,000
    assert _spent(*spent, ("2023-02-01", 600.0), ("2023-11-01", 400.01)) == (1, 1)
    assert _spent(*spent, ("2023-02-01", 600.0), ("2024-01-01", 600.0)) == (0, 1)  # the next year


def test_only_the_named_settings_pass_the_threshold(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    spent = stays(
        ("a", "2023-02-01", "2023-02-02", {"allowed_amount": 900.0}),
        ("a", "2023-03-01", "2023-03-01", {"allowed_amount": 900.0, "setting": "outpatient"}),
    )
    held = {**_held(table, enrolled=("2020-01-01", "2030-01-01"), death=None), "medical_claim": spent}
    passed = [
        label_high_cost(
            cohort(("a", INDEX, 12.0)),
            held,
            horizon_days=365,
            amount="allowed_amount",
            threshold_amount=threshold,
            allowed_gap_days=0,
            settings=settings,
            follow_up_end=pd.Timestamp("2030-01-01"),
        )["observed"].iloc[0]
        for threshold, settings in (
            (1000.0, ()),
            (1000.0, ("inpatient",)),
            (0.0, ("inpatient",)),
            (0.0, ("emergency",)),
        )
    ]
    assert passed == [1, 0, 1, 0]


def test_cents_that_cancel_pass_no_threshold(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    # .10 + .20 - .30 is 2.8e-17 in floats
    spent = stays(
        *(
            ("a", f"2023-0{at}-01", f"2023-0{at}-01", {"allowed_amount": amount})
            for at, amount in enumerate((-0.3, 0.1, 0.2), 1)
        )
    )
    labels = label_high_cost(
        cohort(("a", INDEX, 12.0)),
        {**_held(table, enrolled=("2020-01-01", "2030-01-01"), death=None), "medical_claim": spent},
        horizon_days=365,
        amount="allowed_amount",
        threshold_amount=0.0,
        allowed_gap_days=0,
        follow_up_end=pd.Timestamp("2030-01-01"),
    )
    assert labels["observed"].tolist() == [0]


def test_nothing_is_annualised(table: MakeTable, stays: MakeTable, cohort: MakeTable) -> None:
    spent = (table, stays, cohort)
    # 600 in three months is no 2,400 a year: the rest is unknown, and so is the answer.
    assert _spent(*spent, ("2023-02-01", 600.0), until="2023-04-01") == (0, 0)
    # Who passes the threshold before leaving has passed it.
    assert _spent(*spent, ("2023-02-01", 1200.0), until="2023-04-01") == (1, 1)
    # Death below it is an end that was seen.
    assert _spent(*spent, ("2023-02-01", 600.0), until="2023-04-02", death="2023-04-01") == (0, 1)

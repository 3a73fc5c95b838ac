"""Who stands at an index date, and who left at which rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from riskkit.cohort.eligibility import CONTEXT, CohortSpec, build_annual_cohort, build_discharge_cohort
from riskkit.errors import DataContractError

MakeTable = Callable[..., pd.DataFrame]
DAY = date(2023, 1, 1)


def _annual(
    table: MakeTable,
    *,
    birth: str = "1950-01-01",
    death: str | None = None,
    span: tuple[str, str] = ("2020-01-01", "2024-01-01"),
    **spec: int,
) -> pd.DataFrame:
    person = table("person", {"person_id": "a", "birth_date": birth, "sex": "male", "death_date": death})
    spans = table("enrollment", {"person_id": "a", "start_date": span[0], "end_date": span[1], "team_id": "T1"})
    return build_annual_cohort(person, spans, CohortSpec(**spec), [DAY])[0]  # type: ignore[arg-type]


def test_a_member_stands_with_clock_exposure_and_context(table: MakeTable) -> None:
    frame = _annual(table, as_of_lag_days=30)
    assert frame.columns.tolist() == ["person_id", *CONTEXT, "index_date", "as_of_date", "exposure_months"]
    row = frame.iloc[0]
    assert (row["person_id"], row["team_id"], row["sex"]) == ("a", "T1", "male")
    assert row["as_of_date"] == pd.Timestamp("2023-01-31")
    assert row["exposure_months"] == 12.0
    # 73 years and 18 leap days: 26663 days / 365.25
    assert row["age_years"] == pytest.approx(26663 / 365.25)


@pytest.mark.parametrize(
    "change",
    [
        {"death": "2023-01-01"},
        {"span": ("2022-07-05", "2024-01-01"), "allowed_gap_days": 0},  # 180 days before is 5 July 2022
        {"span": ("2022-08-19", "2024-01-01")},  # 45 days later is 19 August, forgiven
        {"span": ("2023-01-01", "2024-01-01"), "continuous_days": 0},
        {"span": ("2020-01-01", "2023-01-02")},
        {"birth": "2005-01-01", "minimum_age_years": 18},  # the eighteenth birthday
        {"birth": "2004-12-31", "minimum_age_years": 18},
    ],
    ids=lambda change: " ".join(f"{value}" for value in change.values()),
)
def test_a_member_at_the_edge_of_a_rule_stays(table: MakeTable, change: dict[str, object]) -> None:
    assert len(_annual(table, **change)) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"birth": "2023-01-01"}, "0 known"),
        ({"death": "2022-12-31"}, "1 known, 0 alive"),
        ({"span": ("2020-01-01", "2023-01-01")}, "1 alive, 0 enrolled on the index date"),
        ({"span": ("2023-01-02", "2024-01-01")}, "1 alive, 0 enrolled on the index date"),
        ({"span": ("2022-07-06", "2024-01-01"), "allowed_gap_days": 0}, "0 enrolled for 180 days before and of age"),
        ({"span": ("2022-08-20", "2024-01-01")}, "0 enrolled for 180 days before and of age"),
        ({"birth": "2005-01-02", "minimum_age_years": 18}, "0 enrolled for 180 days before and of age"),
    ],
    ids=lambda value: " ".join(f"{part}" for part in value.values()) if isinstance(value, dict) else "",
)
def test_a_member_past_the_edge_leaves_and_an_empty_index_date_says_at_which_rule(
    table: MakeTable, change: dict[str, object], left: str
) -> None:
    with pytest.raises(DataContractError, match=f"nobody is eligible at 2023-01-01 .*{left}") as caught:
        _annual(table, **change)  # type: ignore[arg-type]
    assert "enrolment runs from" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_each_of_several_index_dates_needs_members(table: MakeTable) -> None:
    person = table("person", {"person_id": "a", "birth_date": "1950-01-01"})
    spans = table("enrollment", {"person_id": "a", "start_date": "2020-01-01", "end_date": "2024-01-01"})
    frame, flow = build_annual_cohort(person, spans, CohortSpec(), [date(2022, 1, 1), DAY])
    assert frame["index_date"].tolist() == [pd.Timestamp("2022-01-01"), pd.Timestamp(DAY)]
    assert flow["members"].tolist() == [1] * 10
    with pytest.raises(DataContractError, match="nobody is eligible at 2031-01-01"):
        build_annual_cohort(person, spans, CohortSpec(), [DAY, date(2031, 1, 1)])


def test_empty_tables_and_no_index_date_are_said_clearly(table: MakeTable) -> None:
    person = table("person", {"person_id": "a", "birth_date": "1950-01-01"})
    spans = table("enrollment", {"person_id": "a", "start_date": "2020-01-01", "end_date": "2024-01-01"})
    with pytest.raises(DataContractError, match="the enrollment table is empty"):
        build_annual_cohort(person, table("enrollment"), CohortSpec(), [DAY])
    with pytest.raises(DataContractError, match="0 known, 0 alive"):
        build_annual_cohort(table("person"), spans, CohortSpec(), [DAY])
    with pytest.raises(DataContractError, match="no index date"):
        build_annual_cohort(person, spans, CohortSpec(), [])


def test_the_team_is_the_one_of_the_span_that_holds_the_index_date(table: MakeTable) -> None:
    person = table("person", {"person_id": "a", "birth_date": "1950-01-01"})
    teams = [("T1", "2020-01-01", "2022-06-01"), ("T2", "2022-06-01", "2023-03-01"), ("T3", "2023-03-01", "2024-01-01")]
    spans = table(
        "enrollment", *[{"person_id": "a", "team_id": t, "start_date": s, "end_date": e} for t, s, e in teams]
    )
    frame, _ = build_annual_cohort(person, spans, CohortSpec(), [DAY])
    assert frame["team_id"].tolist() == ["T2"]
    assert frame["exposure_months"].tolist() == [12.0]


def test_the_input_is_not_changed_and_the_order_of_rows_does_not_matter(table: MakeTable) -> None:
    person = table("person", *[{"person_id": p, "birth_date": "1950-01-01"} for p in "cab"])
    spans = table(
        "enrollment", *[{"person_id": p, "start_date": "2020-01-01", "end_date": "2024-01-01"} for p in "bca"]
    )
    before = person.copy(), spans.copy()
    frame, _ = build_annual_cohort(person, spans, CohortSpec(), [DAY])
    turned, _ = build_annual_cohort(person[::-1], spans[::-1], CohortSpec(), [DAY])
    assert frame["person_id"].tolist() == ["a", "b", "c"]
    pd.testing.assert_frame_equal(frame, turned)
    pd.testing.assert_frame_equal(person, before[0])
    pd.testing.assert_frame_equal(spans, before[1])


def _discharges(table: MakeTable, stays: pd.DataFrame, **spec: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    person = table("person", {"person_id": "a", "birth_date": "1950-01-01"})
    teams = [("T1", 1, "2020-01-01", "2022-06-01"), ("T2", 3, "2022-06-01", "2023-07-01")]
    names = ("team_id", "institution_level", "start_date", "end_date")
    spans = table("enrollment", *[{"person_id": "a", **dict(zip(names, row, strict=True))} for row in teams])
    return build_discharge_cohort(person, spans, stays, CohortSpec(kind="discharge", horizon_days=30, **spec))  # type: ignore[arg-type]


def test_the_index_date_is_the_day_after_discharge(table: MakeTable, stays: MakeTable) -> None:
    frame, _ = _discharges(table, stays(("a", "2022-01-01", "2022-01-05")))
    assert frame["index_date"].tolist() == [pd.Timestamp("2022-01-06")]
    assert frame["claim_id"].tolist() == ["C1"]
    # 30 of 365 days, in months
    assert frame["exposure_months"].tolist() == pytest.approx([12 * 30 / 365])


def test_team_and_institution_are_those_of_the_time_and_not_of_a_later_span(table: MakeTable, stays: MakeTable) -> None:
    frame, _ = _discharges(table, stays(("a", "2022-01-01", "2022-01-05"), ("a", "2022-08-01", "2022-08-05")))
    assert frame["team_id"].tolist() == ["T1", "T2"]
    assert frame["institution_level"].tolist() == [1, 3]


def test_deaths_and_unstated_discharges_are_no_index_stays(table: MakeTable, stays: MakeTable) -> None:
    rows = stays(
        ("a", "2022-01-01", "2022-01-05"),
        ("a", "2022-02-01", "2022-02-05", {"discharge_status": None}),
        ("a", "2022-03-01", "2022-03-05", {"discharge_status": "died"}),
        ("a", "2022-04-01", "2022-04-05", {"setting": "outpatient"}),
        ("a", "2022-05-01", "2022-05-05", {"adjustment": "summary"}),
        ("a", "2022-01-03", "2022-01-05"),
    )
    frame, flow = _discharges(table, rows)
    assert frame["claim_id"].tolist() == ["C6"]
    # C1, C2, C3 and C6 are stays; C1 and C6 overlap; C2 states nothing; C3 died
    assert dict(zip(flow["step"], flow["members"], strict=True)) == {
        "inpatient stays": 4,
        "admissions, contiguous stays merged": 3,
        "with a stated discharge": 2,
        "discharged alive": 1,
        "not transferred": 1,
        "of age": 1,
        "no readmission within 30 days of another": 1,
    }


def test_a_split_stay_has_one_discharge_and_a_transfer_to_nowhere_none(table: MakeTable, stays: MakeTable) -> None:
    rows = stays(
        ("a", "2022-01-01", "2022-01-05", {"discharge_status": "transfer"}),
        ("a", "2022-01-06", "2022-01-20"),
        ("a", "2022-06-01", "2022-06-05", {"discharge_status": "transfer"}),
    )
    frame, _ = _discharges(table, rows)
    # C2 ends the first admission, on the 20th; the second was handed on to a hospital that is not in the data
    assert frame["claim_id"].tolist() == ["C2"]
    assert frame["index_date"].tolist() == [pd.Timestamp("2022-01-21")]


@pytest.mark.parametrize(("allow_chain", "kept"), [(False, ["C1", "C4"]), (True, ["C1", "C2", "C3", "C4"])])
def test_a_readmission_is_an_index_only_where_chains_are_allowed(
    table: MakeTable, stays: MakeTable, allow_chain: bool, kept: list[str]
) -> None:
    # Discharged on 5 January, day 0; the index window holds days 1 to 30: 6 January to 4 February.
    rows = stays(
        ("a", "2022-01-01", "2022-01-05"),
        ("a", "2022-01-20", "2022-01-22"),  # day 15
        ("a", "2022-02-04", "2022-02-06"),  # day 30, of C1: not of C2, which is no index
        ("a", "2022-02-08", "2022-02-10"),  # day 34: an index again, though two days after C3
    )
    frame, _ = _discharges(table, rows, allow_chain=allow_chain)
    assert frame["claim_id"].tolist() == kept


def test_a_stay_taken_back_is_none_and_a_replacement_stands_for_its_original(
    table: MakeTable, stays: MakeTable
) -> None:
    rows = stays(
        ("a", "2022-01-01", "2022-01-05"),
        ("a", "2022-01-01", "2022-01-05", {"adjustment": "reversal"}),
        ("a", "2022-02-01", "2022-02-05"),
        ("a", "2022-02-01", "2022-02-05", {"adjustment": "reversal"}),
        ("a", "2022-02-01", "2022-02-05", {"adjustment": "replacement", "claim_id": "B9"}),
    )
    frame, _ = _discharges(table, rows)
    assert frame["claim_id"].tolist() == ["B9"]


def test_the_minimum_age_holds_for_discharges_too(table: MakeTable, stays: MakeTable) -> None:
    rows = stays(("a", "2021-11-20", "2021-11-30"), ("a", "2021-12-31", "2021-12-31"))
    # Born on 1 January 1950, 72 on 1 January 2022: the index dates are 1 December and 1 January.
    frame, _ = _discharges(table, rows, minimum_age_years=72)
    assert frame["claim_id"].tolist() == ["C2"]


def test_no_discharge_is_an_error(table: MakeTable, stays: MakeTable) -> None:
    with pytest.raises(DataContractError, match="no inpatient stay with a stated discharge alive"):
        _discharges(table, stays())

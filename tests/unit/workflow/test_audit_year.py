"""A year is audited once its claims are in: enrolment that runs on closes no year."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.workflow.audit_year import require_closed_year, require_earlier_year


def make_tables(last: str) -> dict[str, pd.DataFrame]:
    """One stay that ends on a day, under a contract that runs on for years."""
    days = [pd.Timestamp(last)]
    later = [pd.Timestamp("2030-12-31")]
    claim = {"claim_id": ["C"], "person_id": ["P"], "setting": ["inpatient"], "adjustment": ["original"]}
    dates = {"start_date": days, "end_date": days, "available_date": days}
    return {
        "medical_claim": pd.DataFrame({**claim, **dates}),
        "enrollment": pd.DataFrame({"person_id": ["P"], "start_date": days, "end_date": later}),
    }


def is_over(last: str, gap_days: float = 31) -> bool:
    """Say whether the year from 2024-01-01 counts as over where the last claim is of a day."""
    try:
        require_closed_year(make_tables(last), date(2024, 1, 1), 365, gap_days=gap_days)
    except DataContractError:
        return False
    return True


def test_a_year_whose_claims_reach_its_last_month_is_over() -> None:
    # 365 days from 2024-01-01 end before 2024-12-31 (a leap year); 31 days less is 2024-11-30, and the day after the
    # last claim may be that day: claims up to 2024-11-29 do, up to the 28th do not
    days = ["2029-06-01", "2024-12-30", "2024-11-30", "2024-11-29", "2024-11-28"]
    assert [is_over(day) for day in days] == [True, True, True, True, False]


@pytest.mark.parametrize("last", ["2024-11-28", "2023-12-31"])
def test_a_year_whose_claims_end_earlier_is_refused(last: str) -> None:
    with pytest.raises(DataContractError, match=f"the last one is of {last}, expected claims up to 2024-12-31"):
        require_closed_year(make_tables(last), date(2024, 1, 1), 365, gap_days=31)


def test_the_slack_is_the_one_that_is_given() -> None:
    assert [is_over(day, gap_days=0) for day in ("2024-12-30", "2024-12-29")] == [True, False]
    with pytest.raises(DataContractError, match=r"less 0 days, closing_gap"):
        require_closed_year(make_tables("2024-12-29"), date(2024, 1, 1), 365, gap_days=0)


def test_a_source_without_claims_has_no_year_that_is_over() -> None:
    tables = make_tables("2024-12-30")
    del tables["medical_claim"]
    with pytest.raises(DataContractError, match="there is none, expected claims"):
        require_closed_year(tables, date(2024, 1, 1), 365, gap_days=31)


def test_last_year_begins_earlier() -> None:
    require_earlier_year(date(2023, 1, 1), date(2024, 1, 1))
    with pytest.raises(DataContractError, match="expected a day before 2024-01-01"):
        require_earlier_year(date(2024, 1, 1), date(2024, 1, 1))

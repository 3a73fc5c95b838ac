from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.calendar import day_of, new_year


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))


def test_years_count_from_2020() -> None:
    assert [_date(int(new_year(year))) for year in (0, 5)] == ["2020-01-01", "2025-01-01"]


def test_the_first_and_last_moment_of_a_risk_year_fall_on_its_first_and_365th_day() -> None:
    days = day_of(1, np.array([0.0, 0.999_999_9]))
    assert [_date(int(day)) for day in days] == ["2021-01-01", "2021-12-31"]


def test_31_december_of_a_leap_year_stays_quiet() -> None:
    # 2020 has 366 days; its 365th is 30 December.
    assert _date(int(day_of(0, np.array([0.999_999_9]))[0])) == "2020-12-30"

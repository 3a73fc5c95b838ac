"""Sequestration holds by the months of a performance year."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from riskkit.policy import PolicyNumber
from riskkit.settlement.sequestration import find_sequestration


def step(value: float, effective: str) -> PolicyNumber:
    return PolicyNumber(value=value, unit="fraction", reference="test", effective=date.fromisoformat(effective))


STEPS = [step(0.02, "2012-01-01"), step(0, "2020-05-01"), step(0.01, "2022-04-01"), step(0.02, "2022-07-01")]


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2011, Fraction(0)),  # before the first step
        (2012, Fraction(2, 100)),
        (2020, Fraction(2 * 4, 1200)),  # January to April
        (2021, Fraction(0)),
        (2022, Fraction(3 * 1 + 6 * 2, 1200)),  # April to June, July to December
        (2030, Fraction(2, 100)),
        (None, Fraction(2, 100)),  # the last step
    ],
)
def test_a_year_takes_the_mean_of_its_months(year: int | None, expected: Fraction) -> None:
    assert find_sequestration(STEPS, year) == expected


def test_a_policy_without_steps_takes_nothing() -> None:
    assert find_sequestration([], 2020) == 0


def test_a_step_within_a_month_counts_from_the_next_one() -> None:
    # in force on the first of July to December: 6 of 12 months
    assert find_sequestration([step(0.02, "2020-06-02")], 2020) == Fraction(1, 100)

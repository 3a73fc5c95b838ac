"""Figures are written in one house style, and small groups are not written at all."""

from __future__ import annotations

import pytest

from riskkit.report.wording import (
    as_estimate,
    format_count,
    format_interval,
    format_limit,
    format_metric,
    format_minor,
    format_number,
    format_plain,
)


@pytest.mark.parametrize(("members", "text"), [(0, "0"), (1, "<11"), (10, "<11"), (11, "11"), (12345, "12,345")])
def test_groups_of_one_to_ten_members_are_written_as_less_than_eleven(members: int, text: str) -> None:
    assert format_count(members) == text


@pytest.mark.parametrize(
    ("minor", "unit", "text"),
    [
        (800_000_001, 100, "CNY 8,000,000.01"),
        (-5, 100, "CNY −0.05"),
        (7, 1, "CNY 7"),
        (1_234_567, 1000, "CNY 1,234.567"),
        # 2**53 + 1 is the first integer that a float cannot hold
        (9_007_199_254_740_993, 100, "CNY 90,071,992,547,409.93"),
    ],
)
def test_minor_units_are_written_exactly(minor: int, unit: int, text: str) -> None:
    assert format_minor(minor, unit, "CNY") == text


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), "text", True])
def test_what_is_no_finite_number_is_a_dash(value: object) -> None:
    assert format_number(value) == "–"


def test_a_missing_bound_leaves_no_interval() -> None:
    assert format_interval("auroc", {"value": 0.7, "low": None, "high": 0.8}) == ""
    assert as_estimate({"value": 0.7, "low": float("nan"), "high": 0.8})["low"] is None


def test_a_mean_absolute_error_has_no_decimals_and_a_ratio_three() -> None:
    assert (format_metric("mae", 4321.4), format_metric("oe_ratio", 1.00449)) == ("4,321", "1.004")


@pytest.mark.parametrize(
    ("limit", "text"), [([0.97, 1.03], "0.97 to 1.03"), ([None, 0.01], "at most 0.01"), (0.7, "0.7"), ("any", "any")]
)
def test_limits_read_as_words(limit: object, text: str) -> None:
    assert format_limit(limit) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (41.5, "41.5"), (-0.012, "−0.012"), (123456.7, "123,457")])
def test_plain_numbers_keep_four_significant_digits(value: float, text: str) -> None:
    assert format_plain(value) == text

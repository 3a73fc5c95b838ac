"""A stress policy that cannot be carried out as written is refused with place, found, expected and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from riskkit.errors import PolicyError
from tests.stress_policies import make_policy, number, small_values, tier


def _uneven(values: dict[str, Any]) -> None:
    values["portfolio"]["teams"][0]["members"] = [1, 2]


def _twice(values: dict[str, Any]) -> None:
    values["tiers"] = [tier("a"), tier("a")]


def _no_members(values: dict[str, Any]) -> None:
    values["portfolio"]["teams"][0]["members"] = [0]


def _negative(values: dict[str, Any]) -> None:
    values["portfolio"]["teams"][0]["members"] = [-1]


def _same_team(values: dict[str, Any]) -> None:
    values["portfolio"]["teams"] *= 2


def _matrix(values: dict[str, Any]) -> None:
    values["migration"]["matrix"] = [[0.9]]


def _large_matrix(values: dict[str, Any]) -> None:
    values["migration"]["matrix"] = [[1.0, 0.0], [0.0, 1.0]]


def _mix(values: dict[str, Any]) -> None:
    values["enrolment"]["enter_mix"] = [number(0.5)]


def _long_mix(values: dict[str, Any]) -> None:
    values["enrolment"]["enter_mix"] = [number(0.5), number(0.5)]


def _all_leave(values: dict[str, Any]) -> None:
    values["enrolment"]["leave"] = number(1)


def _ceiling(values: dict[str, Any]) -> None:
    values["claims"]["largest"] = number(1000)


def _range(values: dict[str, Any]) -> None:
    values["reverse"]["lowest"] = number(0.6)


def _share(values: dict[str, Any]) -> None:
    values["contract"]["retention"] = number(1.2)


def _swing(values: dict[str, Any]) -> None:
    values["tornado"] = [
        {"number": "trend.slope", "title": "x", "title_zh": "x", "low": number(0), "high": number(1)},
    ]


@pytest.mark.parametrize(
    ("break_it", "place", "expected"),
    [
        (_uneven, "test.toml", "1 tiers ['all'], got [1, 2]"),
        (_twice, "test.toml", "each tier must be named once"),
        (_no_members, "[portfolio]", "no members"),
        (_negative, "[portfolio.teams.0] members", "at least 0, got [-1]"),
        (_same_team, "[portfolio]", "named once"),
        (_matrix, "[migration] matrix", "1 probabilities that sum to 1, got [0.9]"),
        (_large_matrix, "[migration]", "must have 1 rows, got 2"),
        (_mix, "[enrolment]", "sum to 1, got [0.5]"),
        (_long_mix, "[enrolment]", "must have 1 shares, got 2"),
        (_all_leave, "[enrolment]", "below 1, got 1.0"),
        (_ceiling, "[claims]", "above threshold"),
        (_range, "[reverse]", "below highest"),
        (_share, "[contract.retention] value", "less than or equal to 1"),
        (_swing, "[[tornado]]", "'trend.slope' is no number of this policy"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused_by_place(
    break_it: Callable[[dict[str, Any]], None], place: str, expected: str
) -> None:
    values = small_values()
    break_it(values)
    with pytest.raises(PolicyError) as caught:
        make_policy(values)
    assert place in str(caught.value)
    assert expected in str(caught.value)

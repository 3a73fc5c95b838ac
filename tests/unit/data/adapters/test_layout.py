"""Column declarations of a layout."""

from __future__ import annotations

import re

import pytest

from riskkit.data.adapters.layout import SourceColumn, amount, code, count, date8


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        (amount("x"), ["0.00", "-12.5", "700"], ["1e3", "1,000.00", "1.234", "", " 1"]),
        (count("x"), ["0", "12"], ["-1", "1.0", "x"]),
        (code("x", "<30", ">30", "NO"), ["<30", "NO"], ["no", "<3", "30"]),
        (date8("x"), ["20081231"], ["2008-12-31", "081231"]),
    ],
    ids=["amount", "count", "code", "date"],
)
def test_a_pattern_holds_what_can_be_cast_without_loss(column: SourceColumn, good: list[str], bad: list[str]) -> None:
    assert all(re.fullmatch(column.pattern, value) for value in good)
    assert not any(re.fullmatch(column.pattern, value) for value in bad)


def test_the_words_of_a_code_column_list_its_values() -> None:
    assert code("sex", "1", "2", required=True) == SourceColumn("sex", "1|2", "one of 1, 2", True)

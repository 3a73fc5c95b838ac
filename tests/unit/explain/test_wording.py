"""The dictionary writes values and amounts the same way every time."""

from __future__ import annotations

import pytest

from riskkit.explain.wording import (
    get_group_words,
    get_unit_words,
    make_cost_quantity,
    make_risk_quantity,
    raise_first,
    write_number,
    write_value,
)

COST = make_cost_quantity()


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (9.4, "%", "9.4 %", "9.4 %"),
        (float("nan"), "%", "not measured", "未测量"),
        (float("nan"), "days", "none on record", "无记录"),
        (1.0, "flag", "yes", "是"),
        (0.0, "flag", "no", "否"),
        (3.0, "count", "3", "3"),
        (41.0, "days", "41 days", "41 天"),
        (12345.6, "currency", "12,346 CNY", "12,346 元"),
        (53.26, "mL/min/1.73m2", "53.3 mL/min/1.73m2", "53.3 mL/min/1.73m2"),
        (-0.0, "mmHg", "0 mmHg", "0 mmHg"),
        (0.6, "% per year", "0.6 % per year", "0.6 %/年"),
    ],
)
def test_a_value_is_written_with_its_unit(value, unit, english, chinese) -> None:
    assert write_value(value, unit, COST) == (english, chinese)


def test_a_rounded_up_number_loses_its_zeros() -> None:
    assert [write_number(x) for x in (9.999, 99.96, 100.04, -7.5, 1e-5)] == ["10", "100", "100", "-7.5", "1e-05"]


def test_amounts_keep_two_digits_where_decimals_would_hide_them() -> None:
    risk = make_risk_quantity("Any admission within 12 months", "12个月内任何住院")
    assert [risk.write_amount(x) for x in (0.086, -0.0287, 0.0004)] == ["8.6", "2.9", "0.04"]
    assert [COST.write_amount(x) for x in (-1240.4, 0.256)] == ["1,240", "0.26"]


def test_the_quantity_speaks_of_its_outcome_and_currency() -> None:
    risk = make_risk_quantity("HbA1c crisis", "危象", currency="USD")
    assert risk.name == "the risk of HbA1c crisis"
    assert risk.currency_zh == "USD"
    assert make_cost_quantity("USD").unit_zh == "USD/年"
    assert get_unit_words("currency", make_cost_quantity("USD")) == ("USD", "USD")


def test_unknown_groups_and_units_keep_their_own_names() -> None:
    assert get_group_words("gut_feeling") == ("gut feeling", "gut feeling")
    assert get_unit_words("mmol/L", COST) == ("mmol/L", "mmol/L")


def test_a_word_with_capitals_of_its_own_keeps_them() -> None:
    assert [raise_first(text) for text in ("age", "eGFR, latest", "HbA1c")] == ["Age", "eGFR, latest", "HbA1c"]

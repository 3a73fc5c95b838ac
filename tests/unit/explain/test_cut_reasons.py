"""Reasons for a tier pull towards its side of the cut, and say whether they alone hold the member there."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.explain.cut_reasons import compute_cut_reasons
from riskkit.explain.wording import make_risk_quantity

CATALOGUE = pd.DataFrame(
    {
        "name": ["hba1c", "egfr", "age"],
        "meaning": ["HbA1c", "eGFR", "age"],
        "meaning_zh": ["糖化血红蛋白", "肾小球滤过率", "年龄"],
        "unit": ["%", "mL/min/1.73m2", "years"],
        "group": ["glycaemia", "kidney", "demography"],
    }
)
QUANTITY = make_risk_quantity("Any admission", "任何住院")


def _explain(base: float, hba1c: float, egfr: float, age: float, cuts: list[float]) -> list:
    key = {"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)]}
    parts = pd.DataFrame({**key, "base_value": [base], "hba1c": [hba1c], "egfr": [egfr], "age": [age]})
    values = pd.DataFrame({**key, "hba1c": [9.4], "egfr": [80.0], "age": [71.0]})
    return compute_cut_reasons(parts, values, CATALOGUE, QUANTITY, cuts=cuts)[0]


def test_above_a_cut_the_groups_that_raise_are_the_reasons() -> None:
    # .10 + .15 - .05 + .06 = .26 over the cut of .20; without HbA1c it is .11, without age .20, which is still there.
    found = _explain(0.10, 0.15, -0.05, 0.06, [0.2])
    assert [(one["feature"], one["decisive"]) for one in found] == [("hba1c", True), ("age", False)]
    assert found[0]["distance"] == pytest.approx(0.06)
    assert found[0]["text"].endswith("; without it below the cut of 20.0%")
    assert found[0]["text_zh"].endswith("；若无此项则低于分层界值 20.0%")
    assert "without it" not in found[1]["text"]


def test_below_the_lowest_cut_the_groups_that_lower_are_the_reasons() -> None:
    # .22 + .02 - .09 + .01 = .16 below .20: without eGFR it would be .25.
    found = _explain(0.22, 0.02, -0.09, 0.01, [0.2, 0.4])
    assert [(one["feature"], one["decisive"]) for one in found] == [("egfr", True)]
    assert found[0]["text"].endswith("; without it above the cut of 20.0%")


def test_of_several_cuts_the_highest_that_is_reached_counts() -> None:
    found = _explain(0.10, 0.35, 0.0, 0.0, [0.2, 0.4])
    assert found[0]["cut"] == 0.4
    # At the cut itself the higher tier begins.
    assert _explain(0.25, 0.15, 0.0, 0.0, [0.2, 0.4])[0]["cut"] == 0.4


def test_what_is_small_beside_the_distance_is_no_reason() -> None:
    # The member stands .30 above the cut: 1% of that is .003.
    found = _explain(0.10, 0.40, 0.0, 0.002, [0.202])
    assert [one["feature"] for one in found] == ["hba1c"]

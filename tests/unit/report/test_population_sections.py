"""Small groups cannot be read from the page, not even by subtraction."""

from __future__ import annotations

from typing import Any

import pytest

from riskkit.report.population_sections import make_flow_section, make_tier_section, withhold_small_tiers

Summary = dict[str, Any]


def texts(block: dict[str, Any]) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in block["rows"]]


def test_the_flow_has_a_row_a_step_and_a_column_an_index_date(annual_summary: Summary) -> None:
    section = make_flow_section(annual_summary)
    assert section is not None
    table = section["blocks"][1]
    assert table["columns"] == ["Step", "2022-01-01", "2023-01-01"]
    assert texts(table)[1] == ["Look-back complete", "17,500", "18,000"]
    assert table["rows"][1][1]["sub"] == "2,500 out"


def test_a_step_that_fewer_than_eleven_leave_does_not_show_by_subtraction(annual_summary: Summary) -> None:
    # 16,000 before and 15,995 after: only "over 15,989" is said
    section = make_flow_section(annual_summary)
    assert section is not None
    cell = section["blocks"][1]["rows"][3][1]
    assert (cell["text"], cell["sub"]) == ("over 15,989", "<11 out")
    assert "15,995" not in str(section)


def test_a_flow_without_index_years_has_one_column(discharge_summary: Summary) -> None:
    section = make_flow_section(discharge_summary)
    assert section is not None
    assert section["blocks"][1]["columns"] == ["Step", "All index dates"]
    assert "99,340" not in str(section)


def test_a_small_tier_and_the_next_smallest_are_withheld() -> None:
    rows = [
        {"tier": name, "package": name, "members": members, "share": 0.5, "cost_share": 0.5}
        for name, members in (("low", 500), ("medium", 40), ("high", 7))
    ]
    shown = withhold_small_tiers(rows)
    assert [row["members"] for row in shown] == ["500", "withheld", "<11"]
    assert "share" not in shown[1]
    assert "share" not in shown[2]


def test_two_small_tiers_hide_each_other() -> None:
    rows = [{"tier": str(n), "package": "p", "members": n} for n in (500, 9, 7)]
    assert [row["members"] for row in withhold_small_tiers(rows)] == ["500", "<11", "<11"]


@pytest.mark.parametrize(("rate", "tone"), [(0.24, "good"), (0.10, "bad")])
def test_tiers_whose_rate_does_not_rise_are_called_out(annual_summary: Summary, rate: float, tone: str) -> None:
    annual_summary["tiers"]["rows"][2]["observed_rate"] = {"value": rate, "low": rate - 0.01, "high": rate + 0.01}
    section = make_tier_section(annual_summary)
    assert section is not None
    assert section["blocks"][0]["tone"] == tone


def _rise(annual_summary: Summary, half: float) -> str:
    del annual_summary["tiers"]["gradient"]
    for row, rate in zip(annual_summary["tiers"]["rows"], (0.05, 0.10, 0.15), strict=True):
        row["observed_rate"] = {"value": rate, "low": rate - half, "high": rate + half}
    section = make_tier_section(annual_summary)
    assert section is not None
    return str(section["blocks"][0]["tone"])


def test_a_rise_is_good_only_where_the_intervals_are_apart(annual_summary: Summary) -> None:
    # .05 + .02 = .07 lies below .10 - .02 = .08; .05 + .03 = .08 does not lie below .07
    assert _rise(annual_summary | {"tiers": annual_summary["tiers"] | {"gradient": None}}, 0.02) == "good"
    assert _rise(annual_summary | {"tiers": annual_summary["tiers"] | {"gradient": None}}, 0.03) == "warn"
    annual_summary["tiers"]["gradient"] = "increasing"
    section = make_tier_section(annual_summary)
    assert section is not None
    assert section["blocks"][0]["tone"] == "warn"
    assert "overlap" in section["blocks"][0]["text"]


def test_a_scheme_without_tiers_has_no_section(discharge_summary: Summary) -> None:
    assert make_tier_section(discharge_summary) is None

"""Figures of an audit show the figures that they are given, the same bytes each time, and nothing of few members."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from riskkit.report.audit_figures import (
    draw_activity_gains,
    draw_code_gains,
    draw_net_compensation,
    draw_pairs,
    draw_price,
)
from riskkit.report.audit_money_figures import draw_affordability, draw_group_moves, draw_waterfall
from riskkit.report.canvas import GREEN, RED

GROUP = {"group": "high", "net_compensation": -400.0, "low": -500.0, "high": -300.0}
PRICE = [
    {"theta": theta, "keeps_total": held, "mapl": 100 * (1 - theta), "r2": 0.2 - 0.1 * theta}
    for theta in (0.0, 1.0)
    for held in (True, False)
]
PARTS = {"population": "Population", "model": "Model", "coding": "Coding", "normalisation": "Norm"}
PARTS |= {"refit": "Refit", "policy": "Policy"}
MOVE = {
    "group": "east",
    "population": 30.0,
    "model": -10.0,
    "coding": 0.0,
    "normalisation": -5.0,
    "refit": 0.0,
    "policy": 0.0,
}
FUND = {"title": "A", "last": 1000.0, "line": 1050.0, "funding": 1200.0, "asked": 1150.0, "paid": 1040.0}
DRAWN = {
    "gaps": lambda: draw_net_compensation({"Tier": [GROUP]}, "CNY", "gaps"),
    "pairs": lambda: draw_pairs({"Tier": [{"group": "high", "first": GROUP, "second": GROUP}]}, ("A", "B"), "CNY", "p"),
    "price": lambda: draw_price({"Tier: high": PRICE}, "CNY", "price"),
    "codes": lambda: draw_code_gains({"On one visit": {"A": {"copd": 0.0}}, "On a stay": {"A": {}}}, "CNY", "codes"),
    "activity": lambda: draw_activity_gains({"A": {"visit": 0.0}, "B": {"visit": 31.0}}, "CNY", "activity"),
    "waterfall": lambda: draw_waterfall(2700.0, {"Population": 138.0, "Policy": -255.0}, "CNY", "fall"),
    "moves": lambda: draw_group_moves([{**MOVE, "change": 15.0}], PARTS, "CNY", "moves"),
    "fund": lambda: draw_affordability([{**FUND, "line_title": "last year plus 5%"}], "CNY", "fund"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_is_well_formed_and_the_same_each_time(name: str) -> None:
    one = DRAWN[name]()
    assert ElementTree.fromstring(one).tag == "svg"  # noqa: S314  (our own text)
    assert one == DRAWN[name]()


@pytest.mark.parametrize(("low", "high", "color"), [(-500.0, -300.0, RED), (100.0, 300.0, GREEN), (-1.0, 1.0, None)])
def test_a_group_has_a_colour_where_its_interval_leaves_zero_out(low: float, high: float, color: str | None) -> None:
    svg = draw_net_compensation({"Tier": [{**GROUP, "low": low, "high": high}]}, "CNY", "gaps")
    assert [one for one in (RED, GREEN) if one in svg] == ([color] if color else [])


def test_a_waterfall_ends_at_this_years_rate_and_says_where_its_axis_begins() -> None:
    svg = DRAWN["waterfall"]()
    # 2,700 + 138 - 255 = 2,583; the lowest level is 2,583, the levels span 255: the axis begins at 2,583 - .6 x 255
    for text in ("2,700", "+138", "−255", "2,583", "axis from 2,430"):
        assert text in svg


def test_what_lies_beyond_the_lower_line_is_written_and_last_year_is_never_beyond() -> None:
    svg = draw_affordability([{**FUND, "last": 1100.0, "line_title": "last year plus 5%"}], "CNY", "fund")
    # 1,150 asked for against a line of 1,050; 1,040 in the rates lie below it
    assert "1,150 (+100)" in svg
    assert "1,040 (" not in svg
    assert "1,100 (" not in svg


def test_no_line_runs_through_the_amount_beside_a_bar() -> None:
    # 1,040 ends just left of the line of 1,050: its amount stands right of both lines, as every amount does
    svg = ElementTree.fromstring(DRAWN["fund"]())  # noqa: S314  (our own text)
    texts = {"".join(one.itertext()): one for one in svg.iter() if one.tag.endswith("text")}
    amounts = [float(texts[name].get("x", "nan")) for name in ("1,150 (+100)", "1,040")]
    drawn = [one.get("d", "") for one in svg.iter() if one.tag.endswith("path") and RED in one.get("style", "")]
    upright = [path.split() for path in drawn if len(path.split()) == 6]
    ends = [float(words[1]) for words in upright if words[1] == words[4]]
    assert len(ends) == 2
    assert min(amounts) > max(ends)


def test_a_code_that_too_few_could_get_has_a_dash_and_no_bar() -> None:
    assert "–" in DRAWN["codes"]()

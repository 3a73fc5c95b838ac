"""The page of a stress test shows one policy or two, escapes its text, and needs nothing from outside."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from riskkit.report import stress_page
from riskkit.report.render import render
from riskkit.report.stress_page import make_stress_document
from riskkit.workflow.stress import StressRun, run_stress
from tests.stress_policies import BASE, MODELS


@pytest.fixture(scope="module")
def run() -> StressRun:
    return run_stress(BASE, None, against=MODELS / "trend_15.toml", n_paths=100)


@pytest.fixture(scope="module")
def page(run: StressRun) -> str:
    return page_of(run.summary, run.teams)


@pytest.fixture
def blank(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the drawings out where a test is about words."""
    for name in ("draw_fans", "draw_breach", "draw_tornado", "draw_teams"):
        monkeypatch.setattr(stress_page, name, lambda *_given: "<svg></svg>")


def page_of(summary: dict[str, Any], teams: pd.DataFrame) -> str:
    return render(make_stress_document(summary, teams))


def test_the_page_holds_every_section_and_figure(page: str) -> None:
    for section in ("fans", "breach", "comparison", "drivers", "teams", "assumptions"):
        assert f'<section id="{section}">' in page
    assert page.count("<svg ") == 4
    assert "基金压力测试" in page
    assert "team_20" in page


def test_the_page_needs_nothing_from_outside(page: str) -> None:
    assert not re.search(r"https?://|<script|<link|<img", page)


@pytest.mark.usefixtures("blank")
def test_one_policy_alone_has_no_comparison(run: StressRun) -> None:
    alone = {**run.summary, "policies": run.summary["policies"][:1], "comparison": []}
    page = page_of(alone, run.teams[run.teams["policy"] == "base"])
    assert 'id="comparison"' not in page


def test_every_number_is_shown_with_its_reference(page: str) -> None:
    assert "redline.limit" in page
    assert "S4: growth of no more than 5% a year (POLICY_RULES N20)" in page
    assert "tornado[" not in page


@pytest.mark.usefixtures("blank")
def test_text_of_a_policy_is_escaped(run: StressRun) -> None:
    summary = {**run.summary, "policies": [{**run.summary["policies"][0], "title": "<b>x</b>"}], "comparison": []}
    page = page_of(summary, run.teams)
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x" in page


@pytest.mark.usefixtures("blank")
@pytest.mark.parametrize(("breach", "tone"), [(0.6, "bad"), (0.2, "warn"), (0.01, "good")])
def test_the_verdict_follows_breach_and_ruin(run: StressRun, breach: float, tone: str) -> None:
    policy = run.summary["policies"][0]
    never = {"value": 0.0, "low": 0.0, "high": 0.0}
    changed = {
        **policy,
        "breach": {**policy["breach"], "ever": {**never, "value": breach}},
        "ruin": {**policy["ruin"], "ever": never},
    }
    summary = {**run.summary, "policies": [changed], "comparison": [], "tornado": []}
    summary["reverse"] = {**run.summary["reverse"], "trend": None, "note": "out of range"}
    document = make_stress_document(summary, run.teams)
    assert document["verdict"]["tone"] == tone
    assert "none: out of range" in render(document)

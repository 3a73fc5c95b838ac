"""The documents hold: every line of docs/python.md runs, and the summary it makes keeps docs/summary.md."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path
from typing import Any

import pytest

import riskkit

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[doctest.TestResults, str, Path]:
    """Run docs/python.md in an empty folder, with an MLflow store and an identifier key of its own."""
    folder = tmp_path_factory.mktemp("session")
    said: list[str] = []
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(page, {}, "python.md", str(ROOT / "docs" / "python.md"), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setenv("RISKKIT_ID_KEY", "a key for tests, 16 bytes or more")
        result = runner.run(test, out=said.append)
    return result, "".join(said), folder


@pytest.fixture(scope="module")
def summary(session: tuple[doctest.TestResults, str, Path]) -> dict[str, Any]:
    return json.loads((session[2] / "out" / "summary.json").read_text(encoding="utf-8"))


def test_every_line_of_the_python_page_runs_and_says_what_it_shows(
    session: tuple[doctest.TestResults, str, Path],
) -> None:
    result, said, _ = session
    assert result.attempted > 30
    assert result.failed == 0, said


def test_every_public_name_stands_on_the_python_page() -> None:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"riskkit\.(\w+)", "\n".join(re.findall(r"^(?:>>>|\.\.\.).*$", page, re.MULTILINE))))
    assert sorted(set(riskkit.__all__) - shown) == []


def documented(heading: str) -> set[str]:
    """Keys in the first column of the tables under a heading of docs/summary.md, down to their first dot."""
    page = (ROOT / "docs" / "summary.md").read_text(encoding="utf-8")
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {name.split(".")[0] for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_the_summary_has_every_documented_key(summary: dict[str, Any]) -> None:
    outcome = summary["outcomes"]["admission"]
    assert documented("outcomes") - {"binary", "cost"} <= set(outcome)
    assert documented("rates") <= set(summary["rates"])
    assert documented("data") <= set(summary["data"])
    assert {*documented("The rest"), "outcomes", "drift", "rates", "gates", "data"} == set(summary)


def test_the_summary_has_every_documented_metric_with_its_interval(summary: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "summary.md").read_text(encoding="utf-8")
    for kind, outcome, other in (("binary", "admission", "logistic"), ("cost", "payment_cost", "linear")):
        row = re.search(rf"^\| `{kind}` \| (.*) \|$", page, re.MULTILINE)
        assert row is not None
        names = set(re.findall(r"`(\w+)`", row.group(1)))
        found = summary["outcomes"][outcome]
        for figures in (found["test"], found["comparators"]["age_sex"], found["comparators"][other]):
            assert set(figures) == names
            assert all(set(figure) == {"value", "low", "high"} for figure in figures.values())


def test_the_certificate_has_every_documented_key(summary: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "summary.md").read_text(encoding="utf-8")
    row = re.search(r"^`certificate`: (.*)\.$", page, re.MULTILINE)
    assert row is not None
    assert set(re.findall(r"`(\w+)`", row.group(1))) == set(summary["rates"]["certificate"])


def test_every_gate_says_name_outcome_figure_limit_and_verdict(summary: dict[str, Any]) -> None:
    assert summary["gates"]
    for gate in summary["gates"]:
        assert set(gate) == {"name", "outcome", "figure", "limit", "verdict"}
        assert gate["verdict"] in {"pass", "fail", "inconclusive"}

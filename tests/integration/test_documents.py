"""The documents hold: every line of docs/python.md runs, and the summary of a run keeps docs/summary.md."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import riskkit

if TYPE_CHECKING:
    from tests.integration.conftest import Demo

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def summary(demo: Demo) -> dict[str, Any]:
    return json.loads((demo.out / "summary.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_every_line_of_the_python_page_runs_and_says_what_it_shows(tmp_path: Path, environment: dict[str, str]) -> None:
    page = ROOT / "docs" / "python.md"
    options = ["-o", "ELLIPSIS", "-o", "IGNORE_EXCEPTION_DETAIL"]
    # A process of its own: as a reader runs it, and MLflow's own deprecation warnings are no errors there.
    run = [sys.executable, "-m", "doctest", *options, str(page)]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


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
    # Of another kind of outcome, or only where a scheme asks for it, as the page says.
    elsewhere = {"follow_up", "random_split", "counts"}
    assert documented("outcomes") - {"binary", "cost"} - elsewhere <= set(outcome)
    assert documented("rates") <= set(summary["rates"])
    assert documented("data") <= set(summary["data"])
    headed = {"outcomes", "policy_price", "drift", "rates", "gates", "data", "migration"}
    assert {*documented("The rest"), *headed} == set(summary)


def test_the_summary_has_every_documented_metric_with_its_interval(summary: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "summary.md").read_text(encoding="utf-8")
    for kind, outcome, other in (("binary", "admission", "logistic"), ("cost", "payment_cost", "linear")):
        row = re.search(rf"^\| `{kind}` \| (.*) \|$", page, re.MULTILINE)
        assert row is not None
        shared, _, own = row.group(1).partition("; in `test` also ")
        names, more = (set(re.findall(r"`(\w+)`", part)) for part in (shared, own))
        found = summary["outcomes"][outcome]
        assert set(found["test"]) == names | more
        for figures in (found["test"], found["comparators"]["age_sex"], found["comparators"][other]):
            assert set(figures) - more == names
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

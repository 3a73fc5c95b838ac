"""The adapter's report and its mapping files."""

from __future__ import annotations

import json

import pytest

from riskkit.data.adapters.mapping import MAPPINGS, count_unmapped
from riskkit.data.adapters.report import AdapterReport, Unmapped
from riskkit.data.engine import open_engine
from riskkit.data.schemas import TABLES


def test_a_report_is_plain_json() -> None:
    report = AdapterReport(
        "toy", {"a.csv": 3}, {"person": 2}, (Unmapped("race", 3, "no column"),), {"tie": 1.0}, ("n",)
    )
    assert json.loads(json.dumps(report.to_dict())) == {
        "adapter": "toy",
        "rows_in": {"a.csv": 3},
        "rows_out": {"person": 2},
        "unmapped": [{"what": "race", "count": 3, "reason": "no column"}],
        "reconciliation": {"tie": 1.0},
        "notes": ["n"],
    }


def test_only_present_values_count_as_unmapped() -> None:
    with open_engine() as engine:
        engine.execute(
            "CREATE TABLE source AS SELECT * FROM (VALUES ('1', 'No'), ('0', 'Up'), (NULL, 'Up')) AS t (a, b)"
        )
        assert count_unmapped(engine, "source", {"a": "x", "b": "y"}, missing="0") == (
            Unmapped("a", 1, "x"),
            Unmapped("b", 3, "y"),
        )


@pytest.mark.parametrize("adapter", ["desynpuf", "diabetes130"])
def test_every_mapping_says_in_its_first_line_what_it_does(adapter: str) -> None:
    files = [file for file in (MAPPINGS / adapter).glob("*.sql") if file.stem in TABLES]
    assert files
    assert all(file.read_text(encoding="utf-8").startswith("-- ") for file in files)

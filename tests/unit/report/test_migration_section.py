"""The move between tiers is shown with what makes it stable, and no small cell can be read or worked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from riskkit.report.documents import make_document
from riskkit.report.migration_section import hide_small_cells, make_migration_section
from tests.unit.report.conftest import estimate, predictions

Summary = dict[str, Any]
NOW = ("low", "medium", "high", "left", "died")


def make_row(name: str, *counts: int) -> dict[str, Any]:
    return {"last_tier": name, "members": sum(counts), "now": dict(zip(NOW, counts, strict=True))}


@pytest.fixture
def summary(annual_summary: Summary) -> Summary:
    migration = {
        "basis": "last_scores",
        "last_index_date": "2024-01-01",
        "index_date": "2025-01-01",
        "rows": [
            make_row("low", 700, 80, 40, 60, 20),
            make_row("medium", 90, 500, 60, 30, 25),
            make_row("high", 12, 50, 300, 20, 18),
            make_row("entered", 150, 70, 30, 0, 0),
        ],
        # 1,500 of 1,832 who are there twice
        "stability": 0.8187,
        "weighted_kappa": 0.74,
        "psi": 0.046,
        "psi_verdict": "stable",
        "coded_rises": 0.25,
        "changes": {
            "held": {"minimum_stay": 31, "within_margin": 4},
            "raised": {"dka": 12},
            "overrides": 15,
            "not_members": 2,
            "expired": 3,
            "not_yet_valid": 1,
            "without_effect": 1,
        },
        "observed": {**annual_summary["tiers"], "outcome": "admission", "gradient": "separated"},
    }
    return {**annual_summary, "migration": migration}


def find(section: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in section["blocks"] if block["kind"] == kind]


def texts(block: dict[str, Any]) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in block["rows"]]


def test_the_matrix_has_entrants_leavers_and_deaths_and_the_share_of_each_row(summary: Summary) -> None:
    section = make_migration_section(summary)
    assert section is not None
    matrix = find(section, "table")[0]
    assert matrix["columns"] == ["Last tier", "Members", "Low", "Medium", "High", "Left", "Died"]
    assert texts(matrix)[0] == ["Low", "900", "700", "80", "40", "60", "20"]
    assert texts(matrix)[3] == ["Entered", "250", "150", "70", "30", "0", "0"]
    # 700 of 900
    assert matrix["rows"][0][2]["sub"] == "77.8%"
    assert [matrix["rows"][at][2 + at]["tone"] for at in range(3)] == ["total"] * 3


def test_stability_psi_and_what_was_held_and_raised_are_said(summary: Summary) -> None:
    section = make_migration_section(summary)
    assert section is not None
    first, second, third = find(section, "note")[:3]
    assert first["text"].startswith("81.9% of those present in both years keep their tier.")
    assert "PSI of 0.046: stable" in first["text"]
    assert first["tone"] == "good"
    assert "held 31 by the minimum stay, <11 within the margin below the cut" in second["text"]
    assert "raised by a clinician 12 for dka" in second["text"]
    assert "Of 15 overrides 2 named no member, 3 had expired, 1 did not hold yet and 1 had no effect." in second["text"]
    assert "What happened in the year from 2024-01-01" in third["text"]
    measures = texts(find(section, "table")[1])
    assert [row[1] for row in measures] == ["81.9%", "0.740", "0.046", "25.0%"]


@pytest.mark.parametrize(("verdict", "tone"), [("watch", "warn"), ("act", "bad")])
def test_a_shift_that_asks_for_something_is_set_off(summary: Summary, verdict: str, tone: str) -> None:
    summary["migration"] |= {"psi": 0.3, "psi_verdict": verdict}
    section = make_migration_section(summary)
    assert section is not None
    assert section["blocks"][0]["tone"] == tone


def test_a_policy_that_holds_nothing_and_a_year_that_was_not_given_are_said(summary: Summary) -> None:
    summary["migration"] |= {"changes": None, "observed": None}
    section = make_migration_section(summary)
    assert section is not None
    assert find(section, "note")[1]["text"] == "The tier policy holds no tier: today's tiers are the model's own."
    summary["migration"] |= {"basis": "index_years"}
    section = make_migration_section(summary)
    assert section is not None
    assert len(find(section, "note")) == 1
    assert "both years are by this year's models and cuts" in section["lead"]


def test_a_summary_of_one_year_has_no_section(annual_summary: Summary) -> None:
    assert make_migration_section(annual_summary) is None
    assert make_migration_section({**annual_summary, "migration": None}) is None


def test_a_cell_of_few_members_is_neither_shown_nor_drawn_nor_left_by_subtraction(summary: Summary) -> None:
    summary["migration"]["rows"][2] = make_row("high", 7, 50, 300, 20, 18)
    section = make_migration_section(summary)
    assert section is not None
    rows = texts(find(section, "table")[0])
    # 7 goes, and of its row the smallest other, 18; of the first column the smallest other, 90; of the last the 25, as
    # its row has lost the 90 already. Then no row and no column has lost one alone.
    assert rows[0] == ["Low", "900", "700", "80", "40", "60", "20"]
    assert rows[1] == ["Medium", "705", "withheld", "500", "60", "30", "withheld"]
    assert rows[2] == ["High", "395", "<11", "50", "300", "20", "withheld"]
    assert rows[3] == ["Entered", "250", "150", "70", "30", "0", "0"]
    hidden = [[text in {"<11", "withheld"} for text in row] for row in rows]
    for line in [*hidden, *map(list, zip(*hidden, strict=True))]:
        assert sum(line) != 1
    assert "Moves that the table does not show are not drawn" in find(section, "figure")[0]["caption"]


@pytest.mark.parametrize("seed", range(5))
def test_no_hidden_cell_stands_alone_beside_others_that_hold_members(seed: int) -> None:
    counts = np.random.default_rng(seed).integers(0, 60, (5, 6))
    hidden = hide_small_cells(counts)
    assert hidden[(counts > 0) & (counts < 11)].all()
    for lines, mask in ((counts, hidden), (counts.T, hidden.T)):
        for line, held in zip(lines, mask, strict=True):
            assert held.sum() != 1 or not ((line > 0) & ~held).any()


def test_the_section_stands_after_the_tiers_on_the_page(summary: Summary) -> None:
    frames = {"predictions": predictions("admission", binary=True)}
    page = make_document(summary, frames)
    names = [section["id"] for section in page["sections"]]
    assert names.index("migration") == names.index("tiers") + 1


def test_the_gradient_of_the_summary_goes_before_what_the_rows_show(summary: Summary) -> None:
    summary["migration"]["observed"] |= {"gradient": "not increasing"}
    summary["migration"]["observed"]["rows"][0]["observed_rate"] = estimate(0.01)
    section = make_migration_section(summary)
    assert section is not None
    assert find(section, "note")[3]["tone"] == "bad"

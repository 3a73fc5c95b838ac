"""The page of an evaluation says first whether the members are unseen, then which levels are off."""

from __future__ import annotations

from typing import Any

import pandas as pd

from riskkit.report.evaluation_page import make_evaluation_document
from tests.unit.report.conftest import binary_outcome, cost_outcome, estimate

COLUMNS = ["person_id", "index_date", "outcome", "observed", "predicted", "weight"]


def evaluation(
    *, seen: str | None = None, low: float = 0.98, not_measured: dict[str, str] | None = None
) -> dict[str, Any]:
    """Two outcomes; the O/E of the first is 1.02, down to `low`."""
    first, second = binary_outcome("Admission"), cost_outcome()
    first["test"]["oe_ratio"] = {"value": 1.02, "low": low, "high": 1.06}
    second["test"]["oe_ratio"] = estimate(0.99, 0.03)
    return {
        "seen": seen,
        "model": "toy",
        "index_dates": ["2024-01-01"],
        "outcomes": {"admission": first, "next_year_cost": second},
        "not_measured": not_measured or {},
        "data": {"rows_in": 5, "accepted": 5, "quarantined": 0},
    }


def document(**given: Any) -> dict[str, Any]:
    return make_evaluation_document(evaluation(**given), pd.DataFrame(columns=COLUMNS))


def test_a_level_that_chance_explains_is_not_called_off() -> None:
    verdict = document()["verdict"]
    assert (verdict["tone"], verdict["headline"]) == ("good", "The levels hold as far as these members can tell.")
    assert verdict["sentences"][0].startswith("Admission, 2,000 members: AUROC 0.742 (")
    assert "Observed / expected 1.020 (0.980 to 1.060)." in verdict["sentences"][0]


def test_a_level_beyond_chance_stands_first() -> None:
    verdict = document(low=1.001)["verdict"]
    assert verdict["tone"] == "warn"
    assert verdict["headline"] == "The level of 1 of 2 outcomes is off by more than chance explains."
    assert [line.split(",")[0] for line in verdict["sentences"]] == ["Admission", "Cost of the next year"]


def test_members_whom_the_models_know_are_said_before_any_figure() -> None:
    verdict = document(seen="NOT OF UNSEEN MEMBERS.")["verdict"]
    assert (verdict["tone"], verdict["sentences"][0]) == ("warn", "NOT OF UNSEEN MEMBERS.")


def test_what_was_not_measured_has_a_section_of_its_own() -> None:
    kinds = [section["id"] for section in document(not_measured={"death_3y": "too short"})["sections"]]
    assert kinds == ["outcome-admission", "outcome-next_year_cost", "not-measured", "data"]
    assert "not-measured" not in [section["id"] for section in document()["sections"]]

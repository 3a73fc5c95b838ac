"""The page of an evaluation says first whether the members are unseen, then which levels are off."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from riskkit.report.evaluation_page import make_evaluation_document
from tests.unit.report.conftest import binary_outcome, cost_outcome, estimate

COLUMNS = ["person_id", "index_date", "outcome", "observed", "predicted", "weight"]


def evaluation(
    *p_values: float | None, seen: str | None = None, not_measured: dict[str, str] | None = None
) -> dict[str, Any]:
    """An admission and a cost, with the p-values of their levels."""
    first, second = binary_outcome("Admission"), cost_outcome()
    for outcome, p_value in zip((first, second), p_values, strict=True):
        outcome["level_p_value"] = p_value
        outcome["test"]["oe_ratio"] = estimate(1.02, 0.04)
    return {
        "seen": seen,
        "model": "toy",
        "index_dates": ["2024-01-01"],
        "outcomes": {"admission": first, "next_year_cost": second},
        "not_measured": not_measured or {},
        "data": {"rows_in": 5, "accepted": 5, "quarantined": 0},
    }


def document(*p_values: float | None, **given: Any) -> dict[str, Any]:
    return make_evaluation_document(evaluation(*p_values, **given), pd.DataFrame(columns=COLUMNS))


@pytest.mark.parametrize(
    ("p_values", "off"),
    [
        ((0.03, 0.2), 0),  # twice .03 is above .05
        ((0.02, 0.2), 1),  # twice .02 is below, and .2 is not
        ((0.02, 0.04), 2),  # twice .02 and once .04 are both below
        ((0.04, 0.04), 0),  # the first is not, so none is
        ((None, 0.04), 1),  # one is judged, so nothing is doubled
    ],
)
def test_levels_are_called_off_for_all_outcomes_together(p_values: tuple[float | None, ...], off: int) -> None:
    verdict = document(*p_values)["verdict"]
    expected = f"The level of {off} of 2 outcomes is off" if off else "No level is off by more than chance explains."
    assert verdict["headline"].startswith(expected)
    assert verdict["tone"] == ("warn" if off else "good")


def test_a_level_that_is_off_stands_first() -> None:
    lines = document(0.5, 0.001)["verdict"]["sentences"]
    assert [line.split(",")[0] for line in lines] == ["Cost of the next year", "Admission"]
    assert lines[1].startswith("Admission, 2,000 members, 214 events: AUROC 0.742 (")
    assert "Observed / expected 1.020 (0.980 to 1.060)" in lines[1]


def test_too_few_events_are_neither_good_nor_off() -> None:
    verdict = document(None, None)["verdict"]
    assert (verdict["tone"], verdict["headline"]) == ("warn", "Too few events to tell whether any level holds.")
    some = document(None, 0.5)["verdict"]
    assert (some["tone"], some["headline"]) == (
        "warn",
        "No level is off by more than chance explains. Of 1 there are too few events to tell.",
    )


def test_members_whom_the_models_know_are_said_before_any_figure() -> None:
    verdict = document(0.5, 0.5, seen="NOT OF UNSEEN MEMBERS.")["verdict"]
    assert (verdict["tone"], verdict["sentences"][0]) == ("warn", "NOT OF UNSEEN MEMBERS.")


def test_what_was_not_measured_has_a_section_of_its_own() -> None:
    kinds = [section["id"] for section in document(0.5, 0.5, not_measured={"death_3y": "too short"})["sections"]]
    assert kinds == ["outcome-admission", "outcome-next_year_cost", "not-measured", "data"]
    assert "not-measured" not in [section["id"] for section in document(0.5, 0.5)["sections"]]


def test_a_part_of_the_cost_is_said_once() -> None:
    given = evaluation(0.5, 0.5)
    given["outcomes"]["next_year_cost"]["counts"] = {"cap": 5000.0, "settings": ["inpatient", "emergency"]}
    whole, part = make_evaluation_document(given, pd.DataFrame(columns=COLUMNS))["sections"][:2]
    assert part["lead"].endswith(" Counted is the cost of inpatient and emergency visits alone up to 5,000 a member.")
    assert part["lead"].count("Counted") == 1
    assert "Counted" not in whole["lead"]

"""A run in about ten lines: nothing that failed, was left open or was refused goes unsaid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from riskkit.workflow.summary_text import describe_rates, describe_run

CERTIFICATE = {
    "minor_units_per_currency_unit": 100,
    "currency": "CNY",
    "budget_minor": 12_345_678,
    "allocated_minor": 12_345_678,
    "difference_minor": 0,
    "members": 1234,
}


def figure(value: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    return {"value": value, "low": low, "high": high}


def gate(name: str, value: float | None, verdict: str) -> dict[str, Any]:
    return {
        "name": name,
        "outcome": name.split(".", maxsplit=1)[0],
        "figure": value,
        "limit": "0.97 to 1.03",
        "verdict": verdict,
    }


@pytest.fixture
def summary() -> dict[str, Any]:
    return {
        "scheme": {"name": "county", "title": "A county"},
        "data": {"rows_in": 12_000, "accepted": 11_990, "quarantined": 10},
        "outcomes": {
            "admission": {
                "title": "Admission",
                "kind": "binary",
                "policy": "clinical",
                "test": {
                    "auroc": figure(0.7421, 0.73, 0.75),
                    "oe_ratio": figure(1.0),
                    "calibration_slope": figure(None),
                },
                "truth": {"metric": "auroc", "auroc": figure(0.76, 0.75, 0.77), "ratio": 0.9764},
            }
        },
        "drift": None,
        "tiers": {"rows": [{"tier": "low", "share": 0.25, "observed_rate": figure(0.041, 0.03, 0.05)}]},
        "rates": {"certificate": CERTIFICATE},
        "gates": [gate("admission.oe_ratio", 1.0, "pass")],
    }


def test_each_line_says_one_thing_and_the_report_comes_last(summary: dict[str, Any]) -> None:
    assert describe_run(summary, Path("out"), "3") == [
        "A county",
        "Data: 12,000 rows in, 11,990 accepted, 10 set aside",
        "Admission [clinical]: AUROC 0.742 (0.730 to 0.750), O/E 1.000, slope not defined; "
        "true risk AUROC 0.760, reached 97.6%",
        "Tiers: low 25% (observed 4.1%)",
        "Rates: 1,234 members, budget 123,456.78 CNY, allocated 123,456.78, difference 0 minor units",
        "Gates: 1 pass",
        "Registered: riskkit-county version 3, alias champion",
        "Report: out/report.html",
    ]


def test_a_run_that_registers_nothing_says_nothing_of_the_registry(summary: dict[str, Any]) -> None:
    summary["rates"] = None
    lines = describe_run(summary, Path("out"), None)
    assert not any(line.startswith(("Registered", "Rates")) for line in lines)
    assert lines[-1] == "Report: out/report.html"


def test_a_search_says_its_trials_and_whether_time_cut_it_short(summary: dict[str, Any]) -> None:
    def say(asked: int | None, minutes: float | None, made: int) -> list[str]:
        cut = asked is not None and made < asked
        found = {"trials_asked": asked, "minutes_asked": minutes, "trials_made": made, "best_loss": 0.25, "cut": cut}
        summary["outcomes"]["admission"]["tuning"] = found
        return [line for line in describe_run(summary, Path("out"), None) if line.startswith("Search")]

    start = "Search of admission:"
    assert say(10, 5.0, 4) == [f"{start} 4 of 10 trials, cut short by the limit of 5 minutes; best loss 0.25000"]
    assert say(10, None, 10) == []  # every trial that was asked for
    assert say(None, 5.0, 33) == [f"{start} 33 trials in 5 minutes; best loss 0.25000"]
    assert say(0, None, 0) == []


def test_a_failed_gate_is_named_and_the_version_is_a_challenger(summary: dict[str, Any]) -> None:
    summary["gates"] += [gate("admission.slope", 1.3, "fail"), gate("cost.oe_ratio", 1.1, "inconclusive")]
    lines = describe_run(summary, Path("out"), "3")
    assert "Gates: 1 pass, 1 inconclusive, 1 fail (admission.slope 1.300; cost.oe_ratio 1.100)" in lines
    assert "Registered: riskkit-county version 3, alias challenger" in lines


def test_a_gate_that_is_only_open_leaves_the_version_a_champion(summary: dict[str, Any]) -> None:
    summary["gates"] = [gate("cost.oe_ratio", 1.1, "inconclusive")]
    assert "Registered: riskkit-county version 3, alias champion" in describe_run(summary, Path("out"), "3")


def test_a_gate_without_a_figure_can_be_told(summary: dict[str, Any]) -> None:
    summary["gates"] = [gate("admission.slope", None, "fail")]
    assert "Gates: 1 fail (admission.slope not defined)" in describe_run(summary, Path("out"), None)


def test_a_drift_gets_a_line_for_each_outcome(summary: dict[str, Any]) -> None:
    messages = {"admission": {"message": "It is kept."}, "cost": {"message": "It is refused: do not score or pay."}}
    summary["drift"] = {"index_date": "2010-01-01", "outcomes": messages}
    lines = describe_run(summary, Path("out"), None)
    assert "DRIFT 2010-01-01: It is kept." in lines
    assert "DRIFT 2010-01-01: It is refused: do not score or pay." in lines


def test_a_currency_without_minor_units_is_not_divided() -> None:
    (line,) = describe_rates({**CERTIFICATE, "currency": "JPY", "minor_units_per_currency_unit": 1})
    assert "budget 12,345,678.00 JPY" in line


def test_the_migration_is_said_where_there_is_one(summary: dict[str, Any]) -> None:
    migration = {"last_index_date": "2024-01-01", "stability": 0.8166, "psi": 0.0084, "psi_verdict": "stable"}
    said = "Migration from 2024-01-01: 81.7% keep their tier, PSI 0.008 (stable)"
    lines = describe_run({**summary, "migration": {**migration, "changes": None}}, Path("out"), "1")
    assert any(line.endswith(said) for line in lines)
    changes = {"held": {"minimum_stay": 40, "within_margin": 1}, "raised": {"dka": 2}}
    lines = describe_run({**summary, "migration": {**migration, "changes": changes}}, Path("out"), "1")
    assert any(line.endswith(f"{said}; 41 tiers held, 2 raised by clinicians") for line in lines)
    for absent in (None, {**migration, "stability": None, "changes": None}):
        assert not any("Migration" in line for line in describe_run({**summary, "migration": absent}, Path("out"), "1"))


def test_an_outcome_that_a_later_year_cannot_judge_yet_is_named_with_the_reason(summary: dict[str, Any]) -> None:
    still_open = {"admission": {"reason": "the data end on 2025-12-31", "inputs": {}}}
    summary["drift"] = {"index_date": "2026-01-01", "outcomes": {}, "open_horizons": still_open}
    lines = describe_run(summary, Path("out"), None)
    assert "DRIFT 2026-01-01: admission is not judged, the data end on 2025-12-31." in lines


def test_what_the_rates_themselves_come_to_is_said_beside_the_allocation() -> None:
    tied = {"rate_due_minor": 12_345_678.25, "rate_due_difference_minor": 0.25, "different_rates": 900}
    said = describe_rates({**CERTIFICATE, **tied, "rates_tie": True})
    assert said[1:] == ["Rate x exposure: 123,456.78 CNY, difference 0.25 minor units"]
    apart = {"rate_due_minor": 12_345_708.0, "rate_due_difference_minor": 30.0, "different_rates": 3}
    assert describe_rates({**CERTIFICATE, **apart, "rates_tie": False})[1] == (
        "Rate x exposure: 123,457.08 CNY, difference 30.00 minor units; 3 different rates are too few to tie, "
        "the allocation takes it up"
    )

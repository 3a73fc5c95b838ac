"""The section on the rates says what the rates themselves come to, beside what is allocated."""

from __future__ import annotations

import json
from typing import Any

from riskkit.report.rate_section import make_rate_section


def _shown(summary: dict[str, Any], **stated: object) -> str:
    summary["rates"]["certificate"] |= stated
    return json.dumps(make_rate_section(summary, {}), ensure_ascii=False, default=str)


def test_rates_that_tie_are_said_to(annual_summary: dict[str, Any]) -> None:
    due = {"rate_due_minor": 800_000_001.25, "rate_due_difference_minor": 0.25, "different_rates": 900}
    shown = _shown(annual_summary, **due, rates_tie=True)
    assert "Rate times exposure comes to the budget too, within half a minor unit." in shown
    assert "CNY 8,000,000.01" in shown


def test_rates_too_few_to_tie_are_said_to_be(annual_summary: dict[str, Any]) -> None:
    due = {"rate_due_minor": 800_000_411.0, "rate_due_difference_minor": 410.0, "different_rates": 4}
    shown = _shown(annual_summary, **due, rates_tie=False)
    assert "Rate times exposure differs from the budget by CNY 4.10: 4 different rates are too few to tie" in shown
    assert "CNY 8,000,004.11" in shown


def test_a_certificate_from_before_says_nothing_of_it(annual_summary: dict[str, Any]) -> None:
    assert "Rate times exposure" not in _shown(annual_summary)

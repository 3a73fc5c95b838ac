"""The page of an evaluation: how kept models did on a source that they have not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.blocks import make_note, make_section
from riskkit.report.data_section import make_data_section
from riskkit.report.documents import FOOTER
from riskkit.report.outcome_section import make_key_figures, make_outcome_section
from riskkit.report.titles import LEAD_METRICS, metric_title
from riskkit.report.wording import as_estimate, format_count, format_interval, format_metric

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from riskkit.report.blocks import Block

SIGNIFICANCE: Final = 0.05
"""Chance that any level is called off where all hold."""


def make_evaluation_document(summary: Mapping[str, Any], predictions: pd.DataFrame) -> dict[str, Any]:
    """Put an evaluation into the sections of a page.

    Parameters
    ----------
    summary : mapping
        What `evaluate_source` returns.
    predictions : pandas.DataFrame
        `person_id`, `index_date`, `outcome`, `observed`, `predicted`, `weight`.

    Returns
    -------
    dict
        As of `riskkit.report.documents.make_document`.
    """
    outcomes = summary["outcomes"]
    sections = [
        *(make_outcome_section(name, outcome, {"predictions": predictions}) for name, outcome in outcomes.items()),
        _make_open_section(summary),
        make_data_section(summary),
    ]
    return {
        "kicker": "Evaluation of kept models",
        "footer": FOOTER,
        "title": f"{summary['model']}, held against what happened",
        "facts": [("Bundle", summary["model"]), ("Index dates", ", ".join(summary["index_dates"]))],
        "verdict": _make_verdict(summary),
        "key_figures": make_key_figures(summary),
        "sections": [section for section in sections if section],
    }


def _make_verdict(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Say what was found: first whether the members are unseen, then every level that chance does not explain."""
    outcomes = list(summary["outcomes"].values())
    judged = sorted(
        (one for one in outcomes if one.get("level_p_value") is not None), key=lambda one: one["level_p_value"]
    )
    off = _find_off(judged)
    others = [one for one in outcomes if not any(one is other for other in off)]
    if off:
        headline = f"The level of {len(off)} of {len(outcomes)} outcomes is off by more than chance explains."
    elif judged:
        headline = "No level is off by more than chance explains."
    else:
        headline = "Too few events to tell whether any level holds."
    open_ones = len(outcomes) - len(judged)
    if judged and open_ones:
        headline += f" Of {open_ones} there are too few events to tell."
    sentences = [summary["seen"]] if summary["seen"] else []
    sentences += [_describe(outcome) for outcome in (*off, *others)]
    good = judged and not off and not open_ones and not summary["seen"]
    return {"tone": "good" if good else "warn", "headline": headline, "sentences": sentences}


def _find_off(judged: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Find the levels that are off at 5% for all outcomes together (Holm), of outcomes sorted by p-value."""
    for rank, outcome in enumerate(judged):
        if outcome["level_p_value"] * (len(judged) - rank) > SIGNIFICANCE:
            return judged[:rank]
    return judged


def _describe(outcome: Mapping[str, Any]) -> str:
    parts = []
    for name in (LEAD_METRICS[outcome["kind"]], "oe_ratio", "calibration_slope"):
        estimate = as_estimate(outcome["test"].get(name))
        value = "not defined" if estimate["value"] is None else format_metric(name, estimate["value"])
        interval = format_interval(name, outcome["test"].get(name))
        parts.append(f"{metric_title(name)} {value}{f' ({interval})' if interval else ''}")
    what = "events" if outcome["kind"] == "binary" else "with cost"
    members = f"{format_count(outcome['test_members'])} members, {format_count(outcome['events'])} {what}"
    return f"{outcome['title']}, {members}: {', '.join(parts)}."


def _make_open_section(summary: Mapping[str, Any]) -> Block | None:
    notes = [make_note(f"{name}: {reason}.", "warn") for name, reason in summary["not_measured"].items()]
    return make_section("not-measured", "Not measured", notes) if notes else None

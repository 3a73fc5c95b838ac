"""The page of an evaluation: how kept models did on a source that they have not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.blocks import make_note, make_section
from riskkit.report.data_section import make_data_section
from riskkit.report.outcome_section import make_key_figures, make_outcome_section
from riskkit.report.render import render
from riskkit.report.titles import LEAD_METRICS, metric_title
from riskkit.report.wording import as_estimate, format_count, format_interval, format_metric

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from riskkit.report.blocks import Block

REPORT_NAME: Final = "report.html"


def write_evaluation_page(summary: Mapping[str, Any], predictions: pd.DataFrame, folder: Path) -> Path:
    """Write ``report.html``.

    Parameters
    ----------
    summary : mapping
        What `evaluate_source` returns.
    predictions : pandas.DataFrame
        `person_id`, `index_date`, `outcome`, `observed`, `predicted`, `weight`.
    folder : pathlib.Path
        Where to.

    Returns
    -------
    pathlib.Path
        The page.
    """
    target = folder / REPORT_NAME
    target.write_text(render(make_evaluation_document(summary, predictions)), encoding="utf-8")
    return target


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
        "footer": "Groups of fewer than 11 members are shown as <11. Members are named by keyed hashes only.",
        "title": f"{summary['model']}, held against what happened",
        "facts": [("Bundle", summary["model"]), ("Index dates", ", ".join(summary["index_dates"]))],
        "verdict": _make_verdict(summary),
        "key_figures": make_key_figures(summary),
        "sections": [section for section in sections if section],
    }


def _make_verdict(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Say what was found: first whether the members are unseen, then every level that chance does not explain."""
    outcomes = list(summary["outcomes"].values())
    off, even = ([outcome for outcome in outcomes if _is_off(outcome) is side] for side in (True, False))
    number = len(outcomes)
    if off:
        headline = f"The level of {len(off)} of {number} outcomes is off by more than chance explains."
    else:
        headline = "The levels hold as far as these members can tell." if number else "Nothing was measured."
    sentences = [summary["seen"]] if summary["seen"] else []
    sentences += [_describe(outcome) for outcome in (*off, *even)]
    return {"tone": "warn" if off or summary["seen"] else "good", "headline": headline, "sentences": sentences}


def _is_off(outcome: Mapping[str, Any]) -> bool:
    """Say whether the interval of O/E leaves 1 out."""
    ratio = as_estimate(outcome["test"].get("oe_ratio"))
    low, high = ratio["low"], ratio["high"]
    return low is not None and high is not None and not low <= 1 <= high


def _describe(outcome: Mapping[str, Any]) -> str:
    lead = LEAD_METRICS[outcome["kind"]]
    parts = [
        f"{metric_title(name)} {format_metric(name, as_estimate(outcome['test'].get(name))['value'])} "
        f"({format_interval(name, outcome['test'].get(name))})"
        for name in (lead, "oe_ratio")
    ]
    return f"{outcome['title']}, {format_count(outcome['test_members'])} members: {', '.join(parts)}."


def _make_open_section(summary: Mapping[str, Any]) -> Block | None:
    notes = [make_note(f"{name}: {reason}.", "warn") for name, reason in summary["not_measured"].items()]
    return make_section("not-measured", "Not measured", notes) if notes else None

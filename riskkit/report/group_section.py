"""The table of an outcome by group of members: does it hold for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from riskkit.report.blocks import Block, Cell, make_table
from riskkit.report.titles import metric_title
from riskkit.report.wording import MISSING, as_number, format_count, format_interval, format_metric

Outcome = Mapping[str, Any]
GROUPING_TITLES: Final = {
    "age_band": "Age",
    "sex": "Sex",
    "region": "Region",
    "insurance_type": "Insurance",
    "institution_level": "Institution",
    "urban": "Urban",
    "membership": "Membership",
    "labs": "Laboratory",
}
METRICS: Final = {
    "binary": ("oe_ratio", "calibration_slope", "auroc"),
    "cost": ("oe_ratio", "calibration_slope", "r2"),
}
WORDS: Final = {"True": "yes", "False": "no"}
FIGURES: Final = ("value", "low", "high")


def make_group_table(outcome: Outcome) -> Block | None:
    """Make the table by group.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.

    Returns
    -------
    dict or None
        The table; None without groups.
    """
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for row in outcome.get("by_group") or []:
        entry = groups.setdefault((row["grouping"], row["group"]), {"n": row["n_persons"], "small": row["suppressed"]})
        entry[row["metric"]] = {name: row[name] for name in FIGURES}
    if not groups:
        return None
    metrics = METRICS[outcome["kind"]]
    rows: list[list[Cell]] = []
    shown = ""
    for (grouping, group), entry in groups.items():
        title = GROUPING_TITLES.get(grouping, grouping) if grouping != shown else ""
        shown = grouping
        members = "<11" if entry["n"] is None else format_count(entry["n"])
        cells = [MISSING if entry["small"] else _cell(metric, entry.get(metric)) for metric in metrics]
        rows.append([title, WORDS.get(group, group), members, *cells])
    note = (
        "Small print: 95% interval over persons. Amber: the interval of observed / expected or of the slope leaves out "
        "1; with so many groups one in twenty does by chance. A group of fewer than 11 members, or with fewer than 11 "
        "with or without the event, is withheld. Reported, not corrected: a group is recalibrated only where it is a "
        "legitimate rate factor."
    )
    titles = ["", "Group", "Members", *(metric_title(metric) for metric in metrics)]
    return make_table(titles, rows, caption="By group of members", note=note, words=2, dense=True)


def _cell(metric: str, figure: object) -> Cell:
    if not isinstance(figure, Mapping):
        return MISSING
    low, high = as_number(figure.get("low")), as_number(figure.get("high"))
    off = metric in {"oe_ratio", "calibration_slope"} and low is not None and high is not None and not low <= 1 <= high
    return {
        "text": format_metric(metric, figure.get("value")),
        "sub": format_interval(metric, figure),
        "tone": "warn" if off else "",
    }

"""The section on the two policies: what a model gives up that pays for nothing a provider can raise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from riskkit.report.blocks import Block, Cell, make_note, make_section, make_table
from riskkit.report.titles import metric_title, outcome_title
from riskkit.report.wording import as_estimate, format_interval, format_metric, format_number

Summary = Mapping[str, Any]
SIDES: Final = ("clinical", "payment", "difference")
PARTITIONS: Final = {
    "prior_cost_fifth": "MAPL over fifths of the prior year's cost",
    "dcsi": "MAPL over complication burden (DCSI)",
    "age_sex": "MAPL over age and sex",
}


def make_policy_section(summary: Summary) -> Block | None:
    """Make the section on what the payment policy costs.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section; None where no outcome is modelled under both policies.
    """
    pairs = summary.get("policy_price") or []
    if not pairs:
        return None
    blocks = [block for pair in pairs for block in (make_note(str(pair["sentence"])), _make_table(summary, pair))]
    lead = (
        "The clinical model sees everything and serves planning; the payment model sees nothing that a provider can "
        "raise by activity, and drives rates. Both on the same test members."
    )
    return make_section("policy", "What the payment policy costs", blocks, lead=lead)


def _make_table(summary: Summary, pair: Mapping[str, Any]) -> Block:
    rows: list[list[Cell]] = [
        [metric_title(metric), *(_cell(metric, figures.get(side)) for side in SIDES)]
        for metric, figures in pair["metrics"].items()
    ]
    for name, title in PARTITIONS.items():
        if name in pair["mapl"]:
            rows.append([title, *(_cell("mae", pair["mapl"][name].get(side)) for side in SIDES)])
    note = (
        "Small print: 95% interval over persons; the difference is paired. MAPL: mean absolute predictable profit or "
        "loss, the sum over groups of share times |net compensation|, in currency per member year. It is what a "
        "provider could gain by choosing members; R² is not."
    )
    titles = ["Measure", "Clinical", "Payment", "Payment less clinical"]
    caption = f"{outcome_title(summary, pair['clinical'])}: {pair['members']:,} members"
    return make_table(titles, rows, caption=caption, note=note)


def _cell(metric: str, figure: object) -> Cell:
    if figure is None:
        return ""
    value = as_estimate(figure)["value"]
    text = format_number(value, 0) if metric == "mae" else format_metric(metric, value)
    return {"text": text, "sub": format_interval(metric, figure)}

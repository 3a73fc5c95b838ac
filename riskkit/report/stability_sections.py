"""The sections on whether the models hold: acceptance gates, and drift a year later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from riskkit.report.blocks import Block, Cell, make_figure, make_note, make_section, make_table
from riskkit.report.outcome_section import estimate_cell
from riskkit.report.scheme_figures import draw_shift
from riskkit.report.titles import gate_title, metric_title, outcome_title
from riskkit.report.verdict import DRIFT_TONES
from riskkit.report.wording import as_estimate, format_limit, format_number, format_plain

Summary = Mapping[str, Any]
GATE_TONES: Final = {"pass": "good", "inconclusive": "warn"}
DRIFT_METRICS: Final = ("oe_ratio", "auroc", "r2", "calibration_slope", "mae")


def make_drift_section(summary: Summary) -> Block | None:
    """Make the section on the later year.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section; None where the scheme has no later year.
    """
    drift = summary.get("drift")
    if not drift:
        return None
    blocks: list[Block | None] = []
    for name, entry in drift["outcomes"].items():
        verdict = str(entry.get("verdict"))
        text = f"Verdict: {verdict}. {entry.get('message') or outcome_title(summary, name)}"
        blocks.append(make_note(text, DRIFT_TONES.get(verdict, "warn")))
        blocks.append(_make_input_note(entry))
        blocks.append(_make_drift_table(entry))
    blocks.append(_make_open_note(summary))
    blocks += _make_shift_figures(drift["outcomes"])
    lead = f"The models as trained, applied at {drift.get('index_date')} as if the outcome were still unknown."
    return make_section("drift", "Drift: does the model hold a year later?", blocks, lead=lead)


def _make_input_note(entry: Mapping[str, Any]) -> Block | None:
    """Say what the inputs showed before any outcome was known, and which features moved."""
    inputs = entry.get("inputs")
    if not inputs:
        return None
    moved = ", ".join(f"{row['feature']} {format_number(row['shift'], 2)}" for row in inputs.get("moved") or [])
    text = f"From the inputs alone: {inputs.get('verdict')}. {inputs.get('reason')}"
    text += f" Features that moved, the most important first: {moved}." if moved else ""
    return make_note(text, "plain" if inputs.get("verdict") == "stable" else "warn")


def _make_open_note(summary: Summary) -> Block | None:
    """Name the horizons that have not closed, and what their inputs show in the meantime."""
    not_closed = summary["drift"].get("open_horizons") or {}
    if not not_closed:
        return None
    parts = [
        f"“{outcome_title(summary, name)}” ({one.get('reason')}; from the inputs alone: "
        f"{(one.get('inputs') or {}).get('verdict')})"
        for name, one in not_closed.items()
    ]
    return make_note(f"Not judged, because the horizon has not closed: {'; '.join(parts)}.")


def _make_drift_table(entry: Mapping[str, Any]) -> Block | None:
    before, after = entry.get("before") or {}, entry.get("after") or {}
    metrics = [metric for metric in DRIFT_METRICS if metric in before or metric in after]
    if not metrics:
        return None
    states = [("As trained", before)] + ([("Recalibrated", after)] if after else [])
    rows: list[list[Cell]] = [
        [title, *(estimate_cell(key, state.get(key)) for key in metrics)] for title, state in states
    ]
    return make_table(["Model", *(metric_title(metric) for metric in metrics)], rows)


def _make_shift_figures(outcomes: Mapping[str, Mapping[str, Any]]) -> list[Block]:
    """Draw the shift of the features once for all outcomes that share it."""
    figures: list[Block] = []
    drawn: list[object] = []
    for name, entry in outcomes.items():
        features = [row for row in entry.get("feature_psi") or [] if as_estimate(row.get("psi"))["value"] is not None]
        if not features or features in drawn:
            continue
        drawn.append(features)
        caption = "How far each feature's distribution moved from the training years. Amber: watch; red: act."
        figures.append(make_figure(draw_shift(features, f"shift-{name}"), "Features that moved most", caption))
    return figures


def make_gate_section(summary: Summary) -> Block | None:
    """Make the section on the acceptance gates.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section; None without a gate.
    """
    gates = summary.get("gates") or []
    if not gates:
        return None
    rows: list[list[Cell]] = [
        [
            outcome_title(summary, gate.get("outcome")) or "Scheme",
            gate_title(gate),
            format_number(gate.get("figure"))
            if isinstance(gate.get("figure"), float)
            else format_plain(gate.get("figure")),
            format_limit(gate.get("limit")),
            {"text": str(gate.get("verdict")), "tone": GATE_TONES.get(str(gate.get("verdict")), "bad")},
        ]
        for gate in gates
    ]
    table = make_table(["Outcome", "Figure", "Found", "Limit", "Verdict"], rows, words=2)
    lead = "Limits come from the outcome specifications; a model that fails a gate is not promoted. "
    lead += "Inconclusive: outside the limit, but the interval reaches it."
    return make_section("gates", "Acceptance gates", [table], lead=lead)

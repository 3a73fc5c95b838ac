"""What became of members who left early, in lines for the terminal: counted in, counted out, and stood for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


ROWS = (
    "{rows_in} rows in = {rows_evaluated} evaluated + {rows_for_tuning} kept for tuning + {rows_to_train} to train and "
    "calibrate, {dropped_for_censoring} dropped for being censored; {left_before_horizon} evaluated ones left before "
    "the horizon, {events} had the event, {deaths} died without it"
)
FIGURES = (
    "time-dependent AUROC {auroc}, age alone {auroc_age}, difference {auroc_gain_over_age}{others}; Aalen-Johansen "
    "{observed}, O/E {oe_ratio}"
)
GAIN = "auroc_gain_over_"


def describe_follow_up(outcomes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Say for each horizon of a hazard who was followed and how well the risk ranks beside age alone.

    Parameters
    ----------
    outcomes : mapping
        Outcomes of a summary; those without a `follow_up` say nothing.

    Returns
    -------
    list of str
        Two lines a horizon, and one more of a horizon whose step has no map of its own.
    """
    lines = []
    for name, outcome in outcomes.items():
        uncalibrated = (outcome.get("calibration") or {}).get("not_calibrated")
        if uncalibrated:
            lines.append(f"{name}: NOT CALIBRATED, {uncalibrated}")
        found = outcome.get("follow_up")
        if not found:
            continue
        counts = {key: f"{value:,}" for key, value in found.items() if isinstance(value, int)}
        figures = {key: _interval(value) for key, value in found.items() if isinstance(value, dict)}
        rivals = [key.removeprefix(GAIN) for key in figures if key.startswith(GAIN) and key != f"{GAIN}age"]
        others = "".join(f", to {rival} {figures[GAIN + rival]}" for rival in rivals)
        lines += [f"{name}: {ROWS.format(**counts)}", f"{name}: {FIGURES.format(**figures, others=others)}"]
    return lines


def _interval(figure: Mapping[str, float | None]) -> str:
    value, low, high = (figure[part] for part in ("value", "low", "high"))
    if value is None:
        return "not defined"
    return f"{value:.4f}" if low is None or high is None else f"{value:.4f} ({low:.4f} to {high:.4f})"

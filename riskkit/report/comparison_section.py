"""Blocks of an outcome beside the simpler models: paired differences, what could not be had, teams and months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from riskkit.report.blocks import Block, Cell, make_note, make_table
from riskkit.report.rivals import sort_rivals
from riskkit.report.titles import LEAD_METRICS, metric_title, model_title, sentence_case
from riskkit.report.wording import (
    MISSING,
    as_estimate,
    format_count,
    format_interval,
    format_metric,
    format_percent,
)

Outcome = Mapping[str, Any]
BETTER: Final = {"model": ("the booster", "good"), "comparator": ("the comparator", "bad"), "neither": ("open", "warn")}
FEW_TEAMS: Final = 30


def make_comparator_note(outcome: Outcome) -> Block | None:
    """Warn of simpler models that the booster does not beat.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.

    Returns
    -------
    dict or None
        The note; None where all are beaten.
    """
    metric = LEAD_METRICS[outcome["kind"]]
    lost = sort_rivals(outcome)[1]
    if not lost:
        return None
    text = f"{metric_title(metric)} of the booster does not exceed that of every comparator outside its interval: "
    return make_note(text + ", ".join(model_title(name) for name in lost) + ".", "warn")


def make_difference_table(outcome: Outcome) -> Block | None:
    """Make the table of paired differences from each comparator, and say which could not be had.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.

    Returns
    -------
    dict or None
        The table; None without differences.
    """
    differences = outcome.get("differences") or {}
    metrics = list(dict.fromkeys(metric for figures in differences.values() for metric in figures))
    if not metrics:
        return None
    rows: list[list[Cell]] = [
        [sentence_case(model_title(name)), *(_difference_cell(metric, figures.get(metric)) for metric in metrics)]
        for name, figures in differences.items()
    ]
    absent = outcome.get("comparators_absent") or {}
    reasons = "; ".join(f"{model_title(name)}: {reason}" for name, reason in absent.items())
    note = "Booster less comparator, on the same members in every replicate. Small print: 95% interval, who is better."
    note += f" Not shown: {reasons}." if reasons else ""
    titles = ["Booster less", *(metric_title(metric) for metric in metrics)]
    return make_table(titles, rows, caption="Paired differences from the comparators", note=note)


def _difference_cell(metric: str, figure: object) -> Cell:
    if not isinstance(figure, Mapping):
        return MISSING
    words, tone = BETTER.get(str(figure.get("better")), ("", ""))
    interval = format_interval(metric, figure)
    text = format_metric(metric, as_estimate(figure)["value"])
    return {"text": text, "sub": f"{interval}; {words}" if interval else "", "tone": tone if tone != "good" else ""}


def make_team_note(outcome: Outcome) -> Block | None:
    """Say how wide the intervals are where teams, not members, are drawn.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.

    Returns
    -------
    dict or None
        The note; None without teams.
    """
    teams = outcome.get("test_teams")
    if not teams:
        return None
    metric = LEAD_METRICS[outcome["kind"]]
    parts = [
        f"{metric_title(key)} {format_interval(key, teams.get(key))}"
        for key in (metric, "oe_ratio", "calibration_slope")
        if format_interval(key, teams.get(key))
    ]
    text = f"With {format_count(teams.get('teams'))} teams drawn instead of members, the 95% intervals are: "
    text += ", ".join(parts) + "."
    if teams.get("teams", 0) < FEW_TEAMS:
        text += f" With fewer than {FEW_TEAMS} teams such an interval is too narrow."
    return make_note(text)


def make_follow_up_note(outcome: Outcome) -> Block | None:
    """Say of a horizon of a hazard who was followed, who is stood for, and how far age alone goes.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.

    Returns
    -------
    dict or None
        The note; None of an outcome that is no horizon of a hazard.
    """
    found = outcome.get("follow_up")
    if not found:
        return None
    names = ("rows_evaluated", "left_before_horizon", "dropped_for_censoring", "deaths")
    tested, left, dropped, died = (format_count(found.get(name)) for name in names)
    age = format_metric("auroc", as_estimate(found.get("auroc_age"))["value"])
    gain, rate = found.get("auroc_gain_over_age"), as_estimate(found.get("observed"))["value"]
    text = (
        f"Of {tested} test members {left} left before the horizon; those who stayed stand for them, and {dropped} were "
        f"dropped. {died} died without the event, which competes with it. Observed, by Aalen and Johansen: "
        f"{format_percent(rate)}. Age alone has {metric_title('auroc')} {age}"
    )
    interval = format_interval("auroc", gain)
    text += (
        f"; the booster less age {format_metric('auroc', as_estimate(gain)['value'])} ({interval})."
        if interval
        else "."
    )
    return make_note(text)


def make_uncalibrated_note(outcome: Outcome) -> Block | None:
    """Say of a horizon that its step has no map of its own, and why.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.

    Returns
    -------
    dict or None
        The note; None of an outcome that is calibrated.
    """
    reason = (outcome.get("calibration") or {}).get("not_calibrated")
    return make_note(f"This horizon is not calibrated: {reason}.", "warn") if reason else None


def make_month_table(outcome: Outcome) -> Block | None:
    """Make the table of the months of follow-up.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.

    Returns
    -------
    dict or None
        The table; None where the day of the event is not known.
    """
    months = outcome.get("by_month") or []
    if not months:
        return None
    rows: list[list[Cell]] = [
        [
            f"{month['month']:.0f}",
            "<11" if month["events"] is None else format_count(month["events"]),
            format_metric("auroc", month["auroc"]),
            {"text": format_metric("oe_ratio", month["oe_ratio"]), "sub": format_interval("oe_ratio", _ratio(month))},
        ]
        for month in months
    ]
    note = "Expected: the prediction times the month's share of events in the earlier years. AUROC against the members "
    note += "without any event. Small print: 95% interval over persons."
    titles = ["Month", "Events", metric_title("auroc"), metric_title("oe_ratio")]
    return make_table(titles, rows, caption="By month of follow-up", note=note, dense=True)


def _ratio(month: Mapping[str, Any]) -> dict[str, Any]:
    return {"value": month["oe_ratio"], "low": month["low"], "high": month["high"]}


def make_contrast_note(outcome: Outcome) -> Block | None:
    """Set the random split beside the split by time, where a run was asked to.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.

    Returns
    -------
    dict or None
        The note; None where no contrast was asked for.
    """
    contrast, absent = outcome.get("random_split"), outcome.get("random_split_absent")
    if not contrast:
        return make_note(f"No random split beside the split by time: {absent}.") if absent else None
    metric = LEAD_METRICS[outcome["kind"]]
    by_time, at_random = (format_metric(metric, as_estimate(contrast[side][metric])["value"]) for side in SIDES)
    return make_note(
        f"Contrast: {metric_title(metric)} is {by_time} on the year that nothing has seen, and {at_random} where a "
        f"random {format_percent(0.2, 0)} of the persons are tested on years that training knows. Only the former says "
        "what to expect of next year."
    )


SIDES: Final = ("temporal", "random")

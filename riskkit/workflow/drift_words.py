"""What a later year said of a model, in words: off or not, what was done, and how much it could have told."""

from __future__ import annotations

from typing import Any

from riskkit.risk.few_events import LEAST_EVENTS

WORDS = {
    "keep": "no change is needed",
    "intercept": "its level is shifted",
    "slope": "its level is shifted and its slope stretched",
    "refit": "its calibration is fitted again",
}
UNTESTED = {
    False: "With no event, or nothing else, its map cannot be tested on half of the persons",
    True: "With no event since the horizon before, or nothing else, its own step cannot be tested on half of them",
}
TRIED = {False: "It is recalibrated", True: "Its map was put to the test"}
WITHIN = "It is within the stable band, but the closed test rejects the map as it is (p = {p:.2g})"
LEFT = "The model is off and was left as it is, because the year holds too few events to tell"
HELD_BACK = "It is not recalibrated, because another horizon of the same model is refused: do not score or pay on it."


def say_finding(title: str, report: dict[str, Any], *, step: bool = False) -> str:
    """Say in words what a later year said of a model and what was done.

    Parameters
    ----------
    title : str
        Title of the outcome.
    report : dict
        Verdict, figures, `update`, `after`, and whether it was `left` as it is though it is off.
    step : bool, default False
        Whether the update is that of the time since an earlier horizon.

    Returns
    -------
    str
        A line or two.
    """
    times = report["expected_ratio"]
    predicted = "something and nothing" if times is None else f"{times:.2f} times what"
    ratio = "not defined" if report["oe_ratio"] is None else f"{report['oe_ratio']:.3f}"
    found = f"{title}: the model predicts {predicted} happened (O/E {ratio})"
    if report["verdict"] == "refuse":
        return f"{found}. It is refused: do not score or pay on it; {report['reason']}"
    untested = _say_untested(report["update"], step)
    if report["after"] is None and report["verdict"] != "stable":
        return f"{found}. {HELD_BACK}"
    if report["after"] is None:
        return f"{found}. {untested + ': it is kept.' if untested else 'It is kept.'}"
    head = f"{found}. {LEFT}." if report["left"] else f"{found}."
    return f"{head} {_say_untested_half(untested, report) if untested else _say_test(report, step)}"


def _say_untested(update: dict[str, Any] | None, step: bool) -> str:
    """Say why no test was made; nothing where one was."""
    if update is None:
        return UNTESTED[step]
    if update["tests"]:
        return ""
    since = " since the horizon before" if step else ""
    return (
        f"Too few events to tell: {update['events']:,} on half of the persons{since}, and of events or of persons "
        f"without one fewer than {LEAST_EVENTS}"
    )


def _say_untested_half(untested: str, report: dict[str, Any]) -> str:
    return f"{untested}; on the other half O/E is {_say_renewed(report)}."


def _say_test(report: dict[str, Any], step: bool) -> str:
    """Say what the closed test chose, what it could have found, and what its choice is worth on the other half."""
    update = report["update"]
    words = WORDS[update["choice"]] + (" for the time since the horizon before" if step else "")
    mended = report["verdict"] == "stable" and update["choice"] != "keep"
    within = f"{WITHIN.format(p=update['tests'][0]['p_value'])}. " if mended else ""
    return (
        f"{within}{TRIED[update['choice'] == 'keep']} on half of the persons ({words}, by a closed test on "
        f"{update['events']:,} of them with events, which finds an error of {update['detectable']:.0%} of the level in "
        f"four of five cases); on the other half O/E is {_say_renewed(report)}, give or take "
        f"{1.96 * update['oe_error_of_other_half']:.3f} by chance{_say_slope(report)}."
    )


def _say_renewed(report: dict[str, Any]) -> str:
    renewed = report["after"]["oe_ratio"]["value"]
    return "not defined" if renewed is None else f"{renewed:.3f}"


def _say_slope(report: dict[str, Any]) -> str:
    """Say the calibration slope where more than the level was changed."""
    before, after = (report[state]["calibration_slope"]["value"] for state in ("before", "after"))
    if report["update"]["choice"] not in {"slope", "refit"} or before is None or after is None:
        return ""
    return f", and the calibration slope {after:.2f} ({before:.2f} of all persons before)"

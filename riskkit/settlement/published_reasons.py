"""Why a published figure is not what the rules give, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

RATE_OF_CHECK: Final = {"minimum_rate_rule": "minimum_rate", "earned": "share_rate"}
"""The rate that each check reads; above 1 it is not in the scale of its column."""

FIGURES: Final = (
    *("minimum_rate", "minimum_rate_half_unit", "share_rate", "benchmark", "used_difference", "difference"),
    *("generated", "computed_generated", "earned", "computed_earned"),
)


def say_reason(check: str, row: Mapping[str, object]) -> str:
    """Say why a check does not hold.

    Parameters
    ----------
    check : {"benchmark_identity", "minimum_rate_rule", "earned"}
        The check.
    row : mapping of str to object
        The contract's row of the comparison.

    Returns
    -------
    str
        The reason.
    """
    figure = {name: float(str(row[name])) for name in FIGURES}
    if np.isnan(figure["used_difference"]):
        return "benchmark or expenditure is not published"
    if check == "benchmark_identity":
        if np.isnan(figure["difference"]):
            return "the difference is not published"
        return "the published difference is not benchmark less expenditure"
    out_of_scale = _reason_of_row(figure, RATE_OF_CHECK[check], row)
    if out_of_scale:
        return out_of_scale
    held = bool(row["minimum_rate_rule_holds"])
    return _reason_of_rule(figure) if check == "minimum_rate_rule" else _reason_of_earned(figure, rule_holds=held)


def _reason_of_row(figure: Mapping[str, float], rate: str, row: Mapping[str, object]) -> str:
    """Say what is wrong with the row itself; blank where nothing is."""
    if not bool(row["amounts_possible"]):
        return f"its benchmark {figure['benchmark']:,.0f} or its expenditure is not above 0, so that nothing is settled"
    if not bool(row["track_known"]):
        track = str(row["track"])
        return f"its track {track!r} is none of the policy's" if track else "no flag of a track is set"
    if abs(figure[rate]) > 1:
        return f"its {rate} is {figure[rate]:g}, above 1, where the column holds fractions"
    return ""


def _reason_of_rule(figure: Mapping[str, float]) -> str:
    if np.isnan(figure["generated"]) and figure["computed_generated"]:
        return "the generated amount is not published"
    rate, least = abs(figure["used_difference"]) / figure["benchmark"], figure["minimum_rate"]
    if abs(rate - least) <= figure["minimum_rate_half_unit"]:
        return f"the rate {rate:.6f} is within the printed rounding of the minimum rate {least:.6f}"
    return f"the rate {rate:.6f} against the minimum rate {least:.6f} says otherwise"


def _reason_of_earned(figure: Mapping[str, float], *, rule_holds: bool) -> str:
    if np.isnan(figure["earned"]):
        return "the earned amount is not published"
    if not rule_holds and not np.isnan(figure["generated"]):
        return "the minimum-rate rule does not hold for this contract, so neither does its earned amount"
    if figure["earned"] == 0:
        return f"nothing was paid although the rules give {figure['computed_earned']:,.0f}"
    if figure["computed_generated"] == 0:
        return "an amount is published although the minimum rate was not reached"
    if figure["computed_earned"] < figure["earned"] < 0:
        return "less is owed than the rules give; a limit on revenue, which is not published, may hold"
    share = figure["earned"] / figure["computed_generated"]
    of_benchmark = abs(figure["earned"]) / figure["benchmark"]
    rate = "not published" if np.isnan(figure["share_rate"]) else f"{figure['share_rate']:.6f}"
    return (
        f"the published amount is {share:.6f} of what was generated (share rate {rate}) and {of_benchmark:.6f} of the "
        "benchmark; no rule of the policy gives it"
    )

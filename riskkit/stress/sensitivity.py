"""What moves the answer: a tornado of one number at a time, and the trend at which a breach becomes likely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.stress.draws import Draws
from riskkit.stress.model import make_model
from riskkit.stress.projection import compute_fund_flows, join_projections, project
from riskkit.stress.reading import change_number
from riskkit.stress.simulation import plan_batches, simulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.stress.policy import StressPolicy

    Progress = Callable[[str, int, int], None]

_STEPS = 18


def compute_tornado(policy: StressPolicy, n_paths: int, seed: int, *, progress: Progress | None = None) -> pd.DataFrame:
    """Set each number of the tornado low and high, all else as it is, on common random numbers.

    Parameters
    ----------
    policy : StressPolicy
        The policy with its ``[[tornado]]``.
    n_paths : int
        Paths.
    seed : int
        Seed; with that of the main run the paths are the first of that run.
    progress : callable, optional
        Called with (what, paths done, paths in all).

    Returns
    -------
    pandas.DataFrame of shape (n_numbers, 10)
        `number`, `title`, `title_zh`, `low`, `high` (its values), and `breach_low`, `breach_high` (mean probability
        of a breach in a year), `reserve_low`, `reserve_high` (mean closing reserve, currency), `reach` (distance of
        the two reserves); the longest bar first.
    """
    if not policy.tornado:
        return pd.DataFrame()
    models = {"": make_model(policy)}
    for swing in policy.tornado:
        for side, value in (("low", swing.low.value), ("high", swing.high.value)):
            models[f"{swing.number} {side}"] = make_model(change_number(policy, swing.number, value))
    told = (lambda what, done, total: progress("move one number at a time", done, total)) if progress else None
    figures = {}
    for name, projection in simulate(models, n_paths, seed, progress=told).items():
        flows = compute_fund_flows(models[name], projection)
        breach = float((flows.growth > policy.redline.limit.value).mean())
        figures[name] = (breach, float(flows.reserve[:, -1].mean()))
    rows: list[dict[str, Any]] = []
    for swing in policy.tornado:
        low, high = figures[f"{swing.number} low"], figures[f"{swing.number} high"]
        rows.append(
            {
                "number": swing.number,
                "title": swing.title,
                "title_zh": swing.title_zh,
                "low": swing.low.value,
                "high": swing.high.value,
                "breach_low": low[0],
                "breach_high": high[0],
                "reserve_low": low[1],
                "reserve_high": high[1],
                "reach": abs(high[1] - low[1]),
            }
        )
    frame = pd.DataFrame(rows).sort_values(["reach", "number"], ascending=[False, True], ignore_index=True)
    return frame.assign(breach_base=figures[""][0], reserve_base=figures[""][1])


def find_breaking_trend(
    policy: StressPolicy, n_paths: int, seed: int, *, progress: Progress | None = None
) -> dict[str, Any]:
    """Find the smallest mean trend at which a breach within the horizon is as likely as asked.

    On fixed random numbers the probability never falls when the trend rises, so halving the range finds the trend.

    Parameters
    ----------
    policy : StressPolicy
        The policy with its ``[reverse]``.
    n_paths : int
        Paths, kept in memory as random numbers.
    seed : int
        Seed.
    progress : callable, optional
        Called with (what, steps done, steps in all).

    Returns
    -------
    dict
        `trend` (fraction a year; None if the range does not hold it), `probability` asked for, `reached` at that
        trend, `lowest`, `highest`, and `note`.
    """
    asked = policy.reverse
    shape = make_model(policy).shape
    draws = [Draws(shape, seed, paths) for paths in plan_batches(n_paths, shape.teams * shape.tiers)]

    def chance(trend: float) -> float:
        model = make_model(change_number(policy, "trend.mean", trend))
        flows = compute_fund_flows(model, join_projections([project(model, numbers) for numbers in draws]))
        return float((flows.growth > policy.redline.limit.value).any(axis=1).mean())

    low, high, target = asked.lowest.value, asked.highest.value, asked.probability.value
    found: dict[str, Any] = {"trend": None, "probability": target, "reached": None, "lowest": low, "highest": high}
    if (at_low := chance(low)) >= target:
        return {**found, "reached": at_low, "note": "the breach is as likely as asked even at the lowest trend"}
    if (at_high := chance(high)) < target:
        return {**found, "reached": at_high, "note": "the breach is less likely than asked even at the highest trend"}
    reached = at_high
    for step in range(_STEPS):
        middle = (low + high) / 2
        share = chance(middle)
        if share >= target:
            high, reached = middle, share
        else:
            low = middle
        if progress:
            progress("look for the breaking trend", step + 1, _STEPS)
    return {**found, "trend": high, "reached": reached, "note": ""}

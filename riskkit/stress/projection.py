"""Paths of a fund: members, cost, prepaid sums, payout and reserve of each year, for a batch of paths at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from riskkit.stress.contract import compute_team_result
from riskkit.stress.costs import compute_body, compute_large_claims
from riskkit.stress.enrolment import step_members

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from riskkit.stress.draws import Draws
    from riskkit.stress.model import StressModel

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Projection:
    """What became of each team on each path, in currency of the day.

    Parameters
    ----------
    members, cost, prepaid : numpy.ndarray of shape (n_paths, n_years, n_teams)
        Members of the year, what their care cost, and what the team was prepaid for them.
    trend : numpy.ndarray of shape (n_paths, n_years)
        Trend factor of the year.
    shock : numpy.ndarray of shape (n_paths, n_years)
        Relative rise of claims by a shock; 0 in a year without.
    """

    members: Floats
    cost: Floats
    prepaid: Floats
    trend: Floats
    shock: Floats


@dataclass(frozen=True)
class FundFlows:
    """What became of the fund on each path.

    Parameters
    ----------
    members, cost, payout, income, reserve : numpy.ndarray of shape (n_paths, n_years)
        Members, and amounts (currency); the reserve is that at the end of the year.
    growth : numpy.ndarray of shape (n_paths, n_years)
        Growth of what the redline measures, from the year before; the first year from the expected base year.
    team_result : numpy.ndarray of shape (n_paths, n_years, n_teams)
        What each team gained or bore (currency).
    """

    members: Floats
    cost: Floats
    payout: Floats
    income: Floats
    reserve: Floats
    growth: Floats
    team_result: Floats


def project(model: StressModel, draws: Draws) -> Projection:
    """Project a batch of paths.

    Parameters
    ----------
    model : StressModel
        The policy as arrays.
    draws : Draws
        Random numbers of the paths.

    Returns
    -------
    Projection
        Of the paths, in their order.
    """
    policy, paths = model.policy, len(draws.paths)
    shape = model.shape
    members = np.broadcast_to(model.members, (paths, shape.teams, shape.tiers)).copy()
    level = np.ones(paths)
    kept = Projection(
        *(np.empty((paths, shape.years, shape.teams)) for _ in range(3)),
        *(np.empty((paths, shape.years)) for _ in range(2)),
    )
    for year in range(shape.years):
        trend, happens, size, _ = draws.shared(year)
        cells = draws.cells(year)
        members = step_members(model, members, cells)
        kept.trend[:, year] = np.maximum((1 + policy.trend.mean.value) * (1 + policy.trend.sd.value * trend), 0.0)
        kept.shock[:, year] = _shock(model, happens, size)
        level = level * kept.trend[:, year]
        factor = (1 + kept.shock[:, year])[:, None] * model.frequency[year]
        cost = compute_body(model, members, factor, model.price[year], cells[-1])
        cost = cost + compute_large_claims(model, members, factor, draws, year)
        kept.members[:, year] = members.sum(axis=-1)
        kept.cost[:, year] = cost * level[:, None]
        kept.prepaid[:, year] = members @ model.rates[year]
    return kept


def _shock(model: StressModel, happens: Floats, size: Floats) -> Floats:
    shock = model.policy.shock
    if shock is None:
        return np.zeros_like(happens)
    rise = np.maximum(shock.size.value + shock.size_sd.value * size, -1.0)
    # The upper tail of the normal is a shock, so that a more likely one adds years of shock and takes none away.
    return np.where(ndtr(-happens) < shock.probability.value, rise, 0.0)


def join_projections(parts: Sequence[Projection]) -> Projection:
    """Put batches one after the other.

    Parameters
    ----------
    parts : sequence of Projection
        In the order of their paths.

    Returns
    -------
    Projection
        All paths.
    """
    return Projection(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Projection)))


def compute_fund_flows(model: StressModel, projection: Projection) -> FundFlows:
    """Settle the contract of every team and year, and carry the reserve forward.

    Parameters
    ----------
    model : StressModel
        Contract, fund and redline.
    projection : Projection
        The paths.

    Returns
    -------
    FundFlows
        Of the paths.
    """
    policy = model.policy
    result = compute_team_result(policy.contract, projection.prepaid, projection.cost)
    members, cost = projection.members.sum(axis=-1), projection.cost.sum(axis=-1)
    payout = cost + result.sum(axis=-1)
    income = members * model.income
    reserve = policy.fund.reserve.value + np.cumsum(income - payout, axis=1)
    growth = _growth(model, {"cost": cost, "payout": payout}[policy.redline.measure], members)
    return FundFlows(members, cost, payout, income, reserve, growth, result)


def _growth(model: StressModel, measured: Floats, members: Floats) -> Floats:
    policy = model.policy
    cost = model.members @ model.expected_cost
    prepaid = model.members @ np.array([tier.rate.value for tier in policy.tiers])
    first = cost.sum()
    if policy.redline.measure == "payout":
        first = first + compute_team_result(policy.contract, prepaid, cost).sum()
    series = np.concatenate([np.full((len(measured), 1), first), measured], axis=1)
    if policy.redline.per == "member":
        held = np.concatenate([np.full((len(members), 1), model.members.sum()), members], axis=1)
        series = series / np.maximum(held, 1.0)
    before, after = series[:, :-1], series[:, 1:]
    return np.asarray(np.divide(after, before, out=np.ones_like(after), where=before > 0) - 1)

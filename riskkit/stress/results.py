"""The figures of one policy over all paths: breach, ruin, tails, and each team's luck, as values and frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.stress.measures import (
    compute_first_breach,
    compute_tail_value_at_risk,
    compute_value_at_risk,
    estimate_mean,
    estimate_probability,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.stress.model import StressModel
    from riskkit.stress.projection import FundFlows, Projection

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

LEVELS = (0.95, 0.99)
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def summarise_fund(model: StressModel, flows: FundFlows) -> dict[str, Any]:
    """Collect the figures of the fund.

    Parameters
    ----------
    model : StressModel
        The policy.
    flows : FundFlows
        Its paths.

    Returns
    -------
    dict
        `breach` (`ever`, `mean_per_year`, `by_year`, `first_year` with the share of paths, `none`), `ruin` (`ever`,
        `by_year`), `loss` (mean, value and tail value at risk of the fall of the reserve over the horizon), and
        `years`: per year mean and quantiles of growth, cost, reserve, and the balance ``(income - payout) / income``.
    """
    limit = model.policy.redline.limit.value
    breached, ruined = np.asarray(flows.growth > limit), np.asarray(flows.reserve < 0)
    first = compute_first_breach(breached)
    losses = model.policy.fund.reserve.value - flows.reserve[:, -1]
    years = range(breached.shape[1])
    return {
        "breach": {
            "limit": limit,
            "ever": estimate_probability(_ever(breached)),
            "mean_per_year": estimate_mean(breached.mean(axis=1)),
            "by_year": [estimate_probability(breached[:, year]) for year in years],
            "first_year": [float(np.mean(first == year + 1)) for year in years],
            "none": float(np.mean(first == 0)),
        },
        "ruin": {
            "ever": estimate_probability(_ever(ruined)),
            "by_year": [estimate_probability(_ever(ruined[:, : year + 1])) for year in years],
        },
        "loss": {
            "mean": estimate_mean(losses),
            **{f"var_{level * 100:.0f}": compute_value_at_risk(losses, level) for level in LEVELS},
            **{f"tvar_{level * 100:.0f}": compute_tail_value_at_risk(losses, level) for level in LEVELS},
        },
        "years": [_summarise_year(flows, year) for year in years],
    }


def _ever(flags: Flags) -> Flags:
    return np.asarray(flags.any(axis=1))


def _summarise_year(flows: FundFlows, year: int) -> dict[str, Any]:
    income, payout = flows.income[:, year], flows.payout[:, year]
    balance = np.divide(income - payout, income, out=np.zeros_like(income), where=income > 0)
    return {
        "year": year + 1,
        "members": float(flows.members[:, year].mean()),
        "growth": _spread(flows.growth[:, year]),
        "cost": _spread(flows.cost[:, year]),
        "payout": _spread(payout),
        "income": float(income.mean()),
        "reserve": _spread(flows.reserve[:, year]),
        "balance_ratio": float(balance.mean()),
    }


def _spread(values: Floats) -> dict[str, float]:
    quantiles = np.quantile(values, QUANTILES)
    named = {f"p{share * 100:.0f}": float(at) for share, at in zip(QUANTILES, quantiles, strict=True)}
    return {"mean": float(values.mean()), **named}


def make_path_frame(projection: Projection, flows: FundFlows, policy: str) -> pd.DataFrame:
    """Put every path and year into a row.

    Parameters
    ----------
    projection : Projection
        Teams' paths.
    flows : FundFlows
        The fund's paths.
    policy : str
        Name of the policy.

    Returns
    -------
    pandas.DataFrame of shape (n_paths * n_years, 11)
        `policy`, `path` (from 0), `year` (from 1), `members`, `trend_factor`, `shock`, `cost_amount`,
        `payout_amount`, `income_amount`, `reserve_amount`, `growth`; sorted by path and year.
    """
    paths, years = flows.cost.shape
    return pd.DataFrame(
        {
            "policy": policy,
            "path": np.repeat(np.arange(paths), years),
            "year": np.tile(np.arange(1, years + 1), paths),
            "members": flows.members.ravel().astype(np.int64),
            "trend_factor": projection.trend.ravel(),
            "shock": projection.shock.ravel(),
            "cost_amount": flows.cost.ravel(),
            "payout_amount": flows.payout.ravel(),
            "income_amount": flows.income.ravel(),
            "reserve_amount": flows.reserve.ravel(),
            "growth": flows.growth.ravel(),
        }
    )


def make_team_frame(model: StressModel, projection: Projection, flows: FundFlows) -> pd.DataFrame:
    """Describe each team's surplus and solvency, year by year.

    Parameters
    ----------
    model : StressModel
        The policy.
    projection : Projection
        Teams' paths.
    flows : FundFlows
        The fund's paths.

    Returns
    -------
    pandas.DataFrame of shape (n_teams * n_years, 16)
        `policy`, `team`, `year`, means of `members`, `prepaid_amount`, `cost_amount`, `surplus_amount` and
        `result_amount` (what the team gains or bears), `surplus_share_sd` (sd of the surplus over prepaid),
        `surplus_p5` to `surplus_p95` (currency), `p_surplus`, and `p_insolvent` (its reserve has fallen below zero by
        the end of the year); sorted by team and year.
    """
    prepaid, surplus = projection.prepaid, projection.prepaid - projection.cost
    rates = np.array([tier.rate.value for tier in model.policy.tiers])
    reserve = model.policy.contract.team_reserve.value * (model.members @ rates)
    insolvent = np.logical_or.accumulate(reserve + np.cumsum(flows.team_result, axis=1) < 0, axis=1)
    share = np.divide(surplus, prepaid, out=np.zeros_like(surplus), where=prepaid > 0)
    years, teams = surplus.shape[1:]
    quantiles = np.quantile(surplus, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    columns: dict[str, Floats] = {
        "members": projection.members.mean(axis=0),
        "prepaid_amount": prepaid.mean(axis=0),
        "cost_amount": projection.cost.mean(axis=0),
        "surplus_amount": surplus.mean(axis=0),
        "result_amount": flows.team_result.mean(axis=0),
        "surplus_share_sd": share.std(axis=0),
        **dict(zip(("surplus_p5", "surplus_p25", "surplus_p50", "surplus_p75", "surplus_p95"), quantiles, strict=True)),
        "p_surplus": (surplus > 0).mean(axis=0),
        "p_insolvent": insolvent.mean(axis=0),
    }
    names = [team.name for team in model.policy.portfolio.teams]
    keys = {
        "policy": model.policy.name,
        "team": np.repeat(names, years),
        "year": np.tile(np.arange(1, years + 1), teams),
    }
    frame = pd.DataFrame({**keys, **{name: figure.T.ravel() for name, figure in columns.items()}})
    return frame.sort_values(["team", "year"], ignore_index=True)

"""Credibility: how far the experience of a team counts beside that of all teams (Buhlmann-Straub)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Credibility:
    """Variance components and the premium of each team.

    Parameters
    ----------
    within_variance : float
        Variance of one unit of weight within a team (s2).
    between_variance : float
        Variance between teams (a); 0 where the teams differ by no more than chance.
    complement : float
        Credibility-weighted mean of the teams (m).
    teams : pandas.DataFrame of shape (n_teams, 5)
        `team_id`, `weight`, `experience` (weighted mean), `credibility` (Z), `premium` (Z experience + (1 - Z) m);
        sorted by team.
    """

    within_variance: float
    between_variance: float
    complement: float
    teams: pd.DataFrame


def compute_credibility(experience: pd.DataFrame) -> Credibility:
    """Fit Buhlmann-Straub to ratios of several periods of each team.

    Parameters
    ----------
    experience : pandas.DataFrame of shape (n_rows, 3)
        `team_id`, `ratio` (such as actual over expected, net of the risk model) and `weight` (such as member years,
        above 0); one row per team and period, two or more teams, and two or more periods of one of them.

    Returns
    -------
    Credibility
        Components and premiums.

    Raises
    ------
    DataContractError
        If there are too few teams or periods, or a ratio or weight is not usable.

    Notes
    -----
    The complement is the mean weighted by credibility, not by exposure: it is the best estimate of the common mean once
    teams differ. With the exposure-weighted mean (1,865.40 in Hachemeister's data) every premium is another one.

    References
    ----------
    .. [1] Buhlmann H., Straub E. (1970). Glaubwurdigkeit fur Schadensatze. Bulletin of the Swiss Association of
       Actuaries 70.
    .. [2] METHODS 6.
    """
    _check(experience)
    team, names = pd.factorize(experience["team_id"], sort=True)
    ratio = experience["ratio"].to_numpy(dtype=np.float64)
    weight = experience["weight"].to_numpy(dtype=np.float64)
    order = np.lexsort((ratio, weight, team))
    team, ratio, weight = team[order], ratio[order], weight[order]
    total = np.bincount(team, weight).astype(np.float64)
    mean = np.bincount(team, weight * ratio).astype(np.float64) / total
    periods = np.bincount(team)
    within = math.fsum((weight * (ratio - mean[team]) ** 2).tolist()) / float((periods - 1).sum())
    between = _between_variance(mean, total, within)
    z = total * between / (total * between + within) if between > 0 else np.zeros(len(names))
    common = z if between > 0 else total
    complement = math.fsum((common * mean).tolist()) / math.fsum(common.tolist())
    teams = pd.DataFrame(
        {
            "team_id": pd.array(np.array(names, dtype=object), dtype="str"),
            "weight": total,
            "experience": mean,
            "credibility": z,
            "premium": z * mean + (1 - z) * complement,
        }
    )
    return Credibility(within, between, complement, teams)


def _between_variance(mean: NDArray[np.float64], weight: NDArray[np.float64], within: float) -> float:
    """Return the unbiased variance between teams, 0 where it would be negative."""
    whole = weight.sum()
    overall = (weight * mean).sum() / whole
    spread = math.fsum((weight * (mean - overall) ** 2).tolist()) - (len(mean) - 1) * within
    return max(float(spread / (whole - (weight**2).sum() / whole)), 0.0)


def _check(experience: pd.DataFrame) -> None:
    """Refuse experience that no variance can be learned from."""
    missing = [name for name in ("team_id", "ratio", "weight") if name not in experience]
    if missing:
        message = f"credibility: column {missing[0]!r} is missing, expected team_id, ratio and weight. Add it."
        raise DataContractError(message)
    values = experience[["ratio", "weight"]].to_numpy(dtype=np.float64, na_value=np.nan)
    if not (np.isfinite(values).all() and (values[:, 1] > 0).all()):
        message = "credibility: a ratio or weight is missing, or a weight is not above 0. Correct the experience."
        raise DataContractError(message)
    periods = experience["team_id"].value_counts()
    if len(periods) < 2 or periods.max() < 2:
        message = (
            f"credibility: {len(periods)} teams with at most {periods.max() if len(periods) else 0} periods, expected "
            "two teams or more and two periods or more. Give more years of experience."
        )
        raise DataContractError(message)

"""Scoring: rates drawn to the book, points by target, sums by dimension and assessor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.settlement.small_teams import draw_to_book, shrink_to_book

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskkit.settlement.scorecard_policy import Indicator, Scorecard

PER_CENT = 100.0


def score_teams(scorecard: Scorecard, measures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score every team.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard.
    measures : pandas.DataFrame of shape (n_teams * n_indicators, 4)
        See `riskkit.settlement.measures.compute_measures`.

    Returns
    -------
    tuple of two pandas.DataFrame
        Lines: the measures with `rate` (as counted), `scored_rate` (drawn to the book), `attained` (0 to 1), `points`
        and `full_points` (what it could earn; points of indicators that are too small to score go to the team's
        others of the dimension, in proportion, and those of a dimension without any to the other dimensions). Teams:
        `team_id`, `quality` (of 100), `points`, `<dimension>_points`, `<assessor>_points` and `scored_indicators`; NaN
        for a team whose scored outcomes cannot weigh what they must. Both sorted by key.
    """
    parts = [
        _score_indicator(scorecard, name, line, measures[measures["indicator"] == name])
        for name, line in scorecard.indicators.items()
    ]
    lines = pd.concat(parts, ignore_index=True)
    lines["full_points"] = _weigh(scorecard, lines)
    lines["points"] = lines["attained"].fillna(0.0) * lines["full_points"]
    lines = lines.sort_values(["team_id", "indicator"], ignore_index=True)
    return lines.drop(columns="weight"), _sum_teams(scorecard, lines)


def spread_measures(scorecard: Scorecard, lines: pd.DataFrame) -> pd.DataFrame:
    """Spread what was scored to a row per team, for rules that ask for one rate or for the weight of precision.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard.
    lines : pandas.DataFrame
        See `score_teams`.

    Returns
    -------
    pandas.DataFrame of shape (n_teams, 2 + n_indicators)
        `team_id`, `<indicator>_rate` (drawn to the book; NaN where the denominator is too small) and
        `precision_weight`: the fraction of the team's scored points that indicators of precision medicine weigh, so
        that one that is named and not measured weighs nothing.
    """
    rates = lines.pivot_table(index="team_id", columns="indicator", values="scored_rate", dropna=False)
    rates = rates.reindex(columns=list(scorecard.indicators)).add_suffix("_rate").rename_axis(columns=None)
    precise = lines["indicator"].map({name: line.precision for name, line in scorecard.indicators.items()})
    whole = lines.groupby("team_id")["full_points"].sum()
    part = lines["full_points"].where(precise.astype("bool"), 0.0).groupby(lines["team_id"]).sum()
    return rates.assign(precision_weight=part / whole.where(whole > 0)).reset_index()


def _weigh(scorecard: Scorecard, lines: pd.DataFrame) -> pd.Series[float]:
    """Hand on the points of what is not scored: within the dimension first, so that outcomes keep their weight."""
    held = lines["weight"].where(lines["attained"].notna(), 0.0)
    keys = [lines["team_id"], lines["dimension"]]
    scored = held.groupby(keys).transform("sum")
    kept = (held / scored.where(scored > 0) * lines["weight"].groupby(keys).transform("sum")).fillna(0.0)
    whole = kept.groupby(lines["team_id"]).transform("sum")
    outcomes = kept.where(lines["dimension"] == "outcome", 0.0).groupby(lines["team_id"]).transform("sum")
    enough = (whole > 0) & (outcomes >= scorecard.least_outcome_share.value * whole - 1e-9)
    full: pd.Series[float] = (kept / whole.where(enough) * scorecard.full_points.value).fillna(0.0)
    return full


def _score_indicator(scorecard: Scorecard, name: str, line: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(dimension=line.dimension, assessor=line.assessor, weight=line.points.value)
    enough = (rows["denominator"] >= max(scorecard.least_denominator.value, 1)).to_numpy()
    events, trials = (rows[column].to_numpy(dtype=np.float64) for column in ("numerator", "denominator"))
    known = trials > 0
    drawn = np.full(len(rows), np.nan)
    if known.any():
        drawn[known] = _draw(scorecard, events[known], trials[known])
    drawn = np.where(enough, drawn, np.nan)
    attained = np.clip((drawn - line.floor.value) / (line.target.value - line.floor.value), 0.0, 1.0)
    rate = np.divide(events, trials, out=np.full(len(rows), np.nan), where=known)
    return rows.assign(indicator=name, rate=rate, scored_rate=drawn, attained=attained)


def _draw(scorecard: Scorecard, events: NDArray[np.float64], trials: NDArray[np.float64]) -> NDArray[np.float64]:
    if scorecard.small_teams == "wilson":
        return draw_to_book(events, trials, scorecard.confidence.value)
    return shrink_to_book(events, trials)


def _sum_teams(scorecard: Scorecard, lines: pd.DataFrame) -> pd.DataFrame:
    teams = lines.groupby("team_id")["points"].sum().to_frame("points")
    teams.insert(0, "quality", teams["points"] / scorecard.full_points.value * PER_CENT)
    for column in ("dimension", "assessor"):
        sums = lines.pivot_table(index="team_id", columns=column, values="points", aggfunc="sum", observed=True)
        teams = teams.join(sums.add_suffix("_points"))
    known = lines.groupby("team_id")["full_points"].sum() > 0
    teams = teams.where(known, axis="index")
    scored = lines["attained"].notna().groupby(lines["team_id"]).sum()
    return teams.assign(scored_indicators=scored).reset_index()

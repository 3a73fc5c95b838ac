"""Coding intensity: a team's growth of score split into demography, confirmed conditions and coding alone."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskkit.settlement.monitor_policy import CodingIntensity


def compute_coding_intensity(
    policy: CodingIntensity, members: pd.DataFrame, coded: pd.DataFrame, labs: pd.DataFrame, *, confidence: float
) -> pd.DataFrame:
    """Split each team's growth of score.

    The score of a member and year is the weight of age and sex plus the weights of the conditions coded in that year.
    A condition that is new counts as confirmed if a value of its analyte or a stay speaks for it; what is new without,
    less what is no longer coded, is coding. The three parts sum to the growth.

    Parameters
    ----------
    policy : CodingIntensity
        Weights, what confirms, and limits.
    members : pandas.DataFrame of shape (n_members, 4)
        Members of both years: `person_id`, `team_id`, `age` (at the start of the later year) and `sex`.
    coded : pandas.DataFrame of shape (n_codes, 4)
        `person_id`, `group`, `later` (True in the later year) and `inpatient`.
    labs : pandas.DataFrame of shape (n_results, 3)
        `person_id`, `analyte`, `value` of both years.
    confidence : float
        Confidence of the alert.

    Returns
    -------
    pandas.DataFrame of shape (n_teams, 9)
        `team_id`, `members`, `score_before`, `growth_pct`, `demographic_pct`, `confirmed_pct`, `coding_pct` (fractions
        of the score before), `counted_growth_pct` (held to the cap) and `coding_alert`: growth by coding that even at
        the lower end of its interval is above the limit. Sorted by `team_id`.

    References
    ----------
    .. [1] METHODS 6, coding intensity: growth capped at 3%, coding at 1%, as in ACO REACH.
    """
    ordered = members.sort_values("person_id", ignore_index=True)
    weights = {group: condition.weight.value for group, condition in policy.conditions.items()}
    known = coded[coded["group"].isin(weights)]
    before, after = (
        known.loc[known["later"] == later, ["person_id", "group"]].drop_duplicates() for later in (False, True)
    )
    change = before.merge(after, on=["person_id", "group"], how="outer", indicator=True)
    change["weight"] = change["group"].map(weights)
    fresh, gone = change[change["_merge"] == "right_only"], change[change["_merge"] == "left_only"]
    confirmed = _confirmed(policy, fresh, known, labs)
    parts = pd.DataFrame({"team_id": ordered["team_id"]})
    base = _demographic(policy, ordered, -1)
    parts["before"] = base + _sum(before.assign(weight=before["group"].map(weights)), ordered)
    parts["demographic"] = _demographic(policy, ordered, 0) - base
    parts["confirmed"] = _sum(fresh[confirmed], ordered)
    parts["coding"] = _sum(fresh[~confirmed], ordered) - _sum(gone, ordered)
    return _by_team(policy, parts, confidence)


def _confirmed(
    policy: CodingIntensity, fresh: pd.DataFrame, coded: pd.DataFrame, labs: pd.DataFrame
) -> pd.Series[bool]:
    held = pd.Series(False, index=fresh.index)
    stays = coded[coded["inpatient"] & coded["later"]]
    for group, condition in policy.conditions.items():
        persons: set[str] = set()
        if condition.inpatient:
            persons |= set(stays.loc[stays["group"] == group, "person_id"])
        if condition.analyte is not None and condition.at_least is not None:
            speaks = (labs["analyte"] == condition.analyte) & (labs["value"] >= condition.at_least.value)
            persons |= set(labs.loc[speaks, "person_id"])
        held |= (fresh["group"] == group) & fresh["person_id"].isin(persons)
    return held


def _demographic(policy: CodingIntensity, members: pd.DataFrame, years: int) -> NDArray[np.float64]:
    ages = [weight.from_age.value for weight in policy.demographics]
    at = np.clip(np.searchsorted(ages, members["age"].to_numpy(float) + years, side="right") - 1, 0, None)
    female = np.array([weight.female.value for weight in policy.demographics])
    male = np.array([weight.male.value for weight in policy.demographics])
    return np.where(members["sex"] == "female", female[at], male[at])


def _sum(rows: pd.DataFrame, members: pd.DataFrame) -> pd.Series[float]:
    return members["person_id"].map(rows.groupby("person_id")["weight"].sum()).fillna(0.0)


def _by_team(policy: CodingIntensity, parts: pd.DataFrame, confidence: float) -> pd.DataFrame:
    teams = parts.groupby("team_id").agg(
        members=("before", "size"),
        before=("before", "mean"),
        demographic=("demographic", "mean"),
        confirmed=("confirmed", "mean"),
        coding=("coding", "mean"),
        spread=("coding", "std"),
    )
    table = teams[["members"]].assign(score_before=teams["before"])
    names = ("demographic", "confirmed", "coding")
    table["growth_pct"] = teams[list(names)].sum(axis=1) / teams["before"]
    for name in names:
        table[f"{name}_pct"] = teams[name] / teams["before"]
    table["counted_growth_pct"] = table["growth_pct"].clip(upper=policy.most_growth.value)
    margin = NormalDist().inv_cdf(confidence) * teams["spread"] / np.sqrt(teams["members"]) / teams["before"]
    table["coding_alert"] = table["coding_pct"] - margin > policy.most_coding.value
    return table.reset_index()

"""Coding intensity: a team's growth of score split into demography, confirmed conditions and coding alone."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.settlement.money import exact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskkit.settlement.monitor_policy import CodingIntensity

PARTS: Final = ("demographic", "confirmed", "coding")


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
    pandas.DataFrame of shape (n_teams, 15)
        `team_id`, `members`, `score_before`, `growth_pct`, `demographic_pct`, `confirmed_pct`, `coding_pct` (fractions
        of the score before), `counted_growth_pct` (held to the cap), `coding_alert`: growth by coding that even at the
        lower end of its interval is above the limit; and the sums over the members in whole units, of which one score
        has `units_per_score`: `before_units`, `after_units`, `demographic_units`, `confirmed_units`, `coding_units`,
        the last three of which sum exactly to after less before. Sorted by `team_id`.

    References
    ----------
    .. [1] METHODS 6, coding intensity: growth capped at 3%, coding at 1%, as in ACO REACH.
    """
    ordered = members.sort_values("person_id", ignore_index=True)
    scale = _find_scale(policy)
    weights = {group: int(exact(condition.weight.value) * scale) for group, condition in policy.conditions.items()}
    known = coded[coded["group"].isin(weights)]
    before, after = (
        known.loc[known["later"] == later, ["person_id", "group"]]
        .drop_duplicates()
        .assign(weight=lambda rows: rows["group"].map(weights))
        for later in (False, True)
    )
    change = before.merge(after, on=["person_id", "group", "weight"], how="outer", indicator=True)
    fresh, gone = change[change["_merge"] == "right_only"], change[change["_merge"] == "left_only"]
    confirmed = _confirmed(policy, fresh, known, labs)
    ages = {later: _demographic(policy, ordered, later - 1, scale) for later in (0, 1)}
    parts = pd.DataFrame({"team_id": ordered["team_id"]})
    parts["before"] = ages[0] + _sum(before, ordered)
    parts["after"] = ages[1] + _sum(after, ordered)
    parts["demographic"] = ages[1] - ages[0]
    parts["confirmed"] = _sum(fresh[confirmed], ordered)
    parts["coding"] = _sum(fresh[~confirmed], ordered) - _sum(gone, ordered)
    return _by_team(policy, parts, confidence, scale)


def _find_scale(policy: CodingIntensity) -> int:
    """Find into how many whole units one score is cut, so that every weight is a whole number of them."""
    numbers = [condition.weight for condition in policy.conditions.values()]
    numbers += [number for weight in policy.demographics for number in (weight.female, weight.male)]
    return math.lcm(*(exact(number.value).denominator for number in numbers))


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


def _demographic(policy: CodingIntensity, members: pd.DataFrame, years: int, scale: int) -> NDArray[np.int64]:
    ages = [weight.from_age.value for weight in policy.demographics]
    at = np.clip(np.searchsorted(ages, members["age"].to_numpy(float) + years, side="right") - 1, 0, None)
    female, male = (
        np.array([int(exact(number.value) * scale) for number in numbers], dtype=np.int64)
        for numbers in zip(*((weight.female, weight.male) for weight in policy.demographics), strict=True)
    )
    return np.where(members["sex"] == "female", female[at], male[at])


def _sum(rows: pd.DataFrame, members: pd.DataFrame) -> pd.Series[int]:
    return members["person_id"].map(rows.groupby("person_id")["weight"].sum()).fillna(0).astype("int64")


def _by_team(policy: CodingIntensity, parts: pd.DataFrame, confidence: float, scale: int) -> pd.DataFrame:
    by_team = parts.groupby("team_id")
    units = by_team[["before", "after", *PARTS]].sum()
    size = by_team.size()
    table = pd.DataFrame({"members": size, "score_before": units["before"] / scale / size})
    table["growth_pct"] = (units["after"] - units["before"]) / units["before"]
    for name in PARTS:
        table[f"{name}_pct"] = units[name] / units["before"]
    table["counted_growth_pct"] = table["growth_pct"].clip(upper=policy.most_growth.value)
    spread: pd.Series[float] = by_team["coding"].std() * np.sqrt(size) / units["before"]
    table["coding_alert"] = table["coding_pct"] - NormalDist().inv_cdf(confidence) * spread > policy.most_coding.value
    return table.join(units.add_suffix("_units")).assign(units_per_score=scale).reset_index()

"""Members: who they are and what stays with them for life (sex, team, adherence, frailty, habits)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskkit.data.synthetic.calendar import new_year
from riskkit.data.synthetic.records import BoolArray, FloatArray, IntArray, Records
from riskkit.data.synthetic.teams import draw_teams

NEWCOMER_SHARE = 0.22
"""Share of members who join during the cohort's years rather than before them."""
DRUG_TASTES = 10


@dataclass(frozen=True)
class Members(Records):
    """What does not change about a member.

    Parameters
    ----------
    number : numpy.ndarray
        Running number, from 1.
    birth_day : numpy.ndarray
        Days since 1970-01-01.
    female, urban, employee : numpy.ndarray of bool
        Sex, place and kind of insurance.
    region, team, institution, level : numpy.ndarray of int
        Place in ``teams.REGIONS``, family-doctor team, its institution and the institution's level (1 to 3).
    entry_year : numpy.ndarray of int
        Year since 2020 in which the member's course begins.
    is_newcomer : numpy.ndarray of bool
        True for those who join within the cohort's years.
    team_quality, adherence, frailty, sugar_level : numpy.ndarray of float
        Latent traits: standard normal, standard normal, normal on the log-hazard scale, normal on the log-HbA1c scale.
    tastes : numpy.ndarray of shape (n, DRUG_TASTES)
        Uniform numbers that say which drugs a member takes as need grows.
    """

    number: IntArray
    birth_day: IntArray
    female: BoolArray
    urban: BoolArray
    employee: BoolArray
    region: IntArray
    team: IntArray
    institution: IntArray
    level: IntArray
    entry_year: IntArray
    is_newcomer: BoolArray
    team_quality: FloatArray
    adherence: FloatArray
    frailty: FloatArray
    sugar_level: FloatArray
    tastes: FloatArray


FRAILTY_SD = 0.42
SUGAR_SD = 0.26


def draw_members(numbers: IntArray, years: int, rng: np.random.Generator) -> Members:
    """Draw a block of members.

    Parameters
    ----------
    numbers : numpy.ndarray of shape (n,)
        Running numbers of the members.
    years : int
        Years of the cohort.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Members
        `n` members; each team's members share its region, place, institution and quality.
    """
    count = len(numbers)
    is_newcomer = rng.random(count) < NEWCOMER_SHARE
    entry_year = np.where(is_newcomer, rng.integers(0, years, count), 0)
    age = np.where(is_newcomer, rng.normal(57.0, 11.5, count), rng.normal(61.0, 12.0, count))
    birth_day = new_year(entry_year) - np.floor(_reflect(age, 20.0, 92.0) * 365.25).astype("int64")
    teams = draw_teams(int(numbers[0]), count, rng)
    team = teams.take(rng.integers(0, len(teams), count))
    return Members(
        number=numbers,
        birth_day=birth_day,
        female=rng.random(count) < 0.48,
        urban=team.urban,
        employee=rng.random(count) < np.where(team.urban, 0.55, 0.15),
        region=team.region,
        team=team.number,
        institution=team.institution,
        level=team.level,
        entry_year=entry_year,
        is_newcomer=is_newcomer,
        team_quality=team.quality,
        adherence=rng.standard_normal(count),
        frailty=rng.normal(0.0, FRAILTY_SD, count),
        sugar_level=rng.normal(0.0, SUGAR_SD, count),
        tastes=rng.random((count, DRUG_TASTES)),
    )


def _reflect(value: FloatArray, low: float, high: float) -> FloatArray:
    """Fold values beyond a bound back inside, so that no mass piles up at it."""
    folded = np.where(value < low, 2 * low - value, np.where(value > high, 2 * high - value, value))
    return np.clip(folded, low, high)

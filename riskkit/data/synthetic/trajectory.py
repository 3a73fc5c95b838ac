"""Trajectory: members' states year by year, with the stays, onsets and deaths that move them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import day_of
from riskkit.data.synthetic.enrolment import ALIVE
from riskkit.data.synthetic.hazards import admission_rate, cause_number, cause_shares, death_rate
from riskkit.data.synthetic.onset import onset_rates
from riskkit.data.synthetic.progression import advance
from riskkit.data.synthetic.records import BoolArray, FloatArray, IntArray, Records, draw_rows, repeat_rows
from riskkit.data.synthetic.state import CARDIOVASCULAR, CEREBROVASCULAR, COMORBIDITIES, ORGANS, State, draw_entry_state

if TYPE_CHECKING:
    from riskkit.data.synthetic.members import Members

NEVER = np.inf


@dataclass(frozen=True)
class MemberYears(Records):
    """One row per member and year of the course, from 1 January on.

    Parameters
    ----------
    member : numpy.ndarray of int
        Row of the member.
    year : numpy.ndarray of int
        Years since 2020.
    onset_time : numpy.ndarray of shape (n, 12)
        Share of the year gone when each of ``state.CONDITIONS`` is newly diagnosed, or worse, outside hospital;
        infinite where it is not.
    """

    member: IntArray
    year: IntArray
    onset_time: FloatArray


@dataclass(frozen=True)
class Stays(Records):
    """First stays of a cause, before readmissions.

    Parameters
    ----------
    row : numpy.ndarray of int
        Row of the member-year.
    cause : numpy.ndarray of int
        Place in `hazards.CAUSES`.
    time : numpy.ndarray of float
        Share of the year gone.
    """

    row: IntArray
    cause: IntArray
    time: FloatArray


@dataclass(frozen=True)
class Trajectory:
    """The course of a block of members.

    Parameters
    ----------
    member_years : MemberYears
        Years lived from the course's beginning to death or the end of the cohort.
    before, after : State
        State on 1 January and on the next one, aligned with `member_years`.
    stays : Stays
        Stays, pointing at `member_years`.
    death_day : numpy.ndarray of shape (n_members,)
        Day of death, or `ALIVE`.
    """

    member_years: MemberYears
    before: State
    after: State
    stays: Stays
    death_day: IntArray


def simulate(members: Members, entry_time: FloatArray, years: int, rng: np.random.Generator) -> Trajectory:
    """Run the disease process year by year.

    Parameters
    ----------
    members : Members
        The members.
    entry_time : numpy.ndarray of shape (n_members,)
        Share of the entry year gone when each member joins; nobody dies before.
    years : int
        Years to run.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Trajectory
        The course of every member.
    """
    state = draw_entry_state(members, rng)
    state = replace(state, recent_stays=rng.poisson(admission_rate(members, state)))
    death_day = np.full(len(members), ALIVE, dtype="int64")
    parts: list[tuple[MemberYears, State, State, Stays]] = []
    seen = 0
    for year in range(years):
        rows = np.flatnonzero((members.entry_year <= year) & (death_day == ALIVE))
        people, now = members.take(rows), state.take(rows)
        stays = _draw_stays(people, now, rng)
        onset_time = _draw_onsets(people, now, rng)
        living = MemberYears(rows, np.full(len(rows), year), onset_time)
        then = advance(people, _add_onsets(now, stays, onset_time < 1.0), year, rng)
        then = _add_stays(then, stays)
        death_day[rows] = _draw_deaths(
            people, now, np.where(people.entry_year == year, entry_time[rows], 0.0), year, rng
        )
        state = _put(state, rows, then)
        parts.append((living, now, then, replace(stays, row=stays.row + seen)))
        seen += len(rows)
    living_parts, before, after, stay_parts = zip(*parts, strict=True)
    return Trajectory(
        MemberYears.join(living_parts), State.join(before), State.join(after), Stays.join(stay_parts), death_day
    )


def _draw_stays(people: Members, now: State, rng: np.random.Generator) -> Stays:
    row = repeat_rows(rng.poisson(admission_rate(people, now)))
    cause = draw_rows(cause_shares(now.take(row)), rng)
    return Stays(row, cause, rng.random(len(row)))


def _draw_onsets(people: Members, now: State, rng: np.random.Generator) -> FloatArray:
    rates = onset_rates(people, now)
    time = rng.exponential(size=rates.shape) / np.maximum(rates, 1e-12)
    return np.where(time < 1.0, time, NEVER)


def _add_onsets(now: State, stays: Stays, begins: BoolArray) -> State:
    """Add what was newly diagnosed, and move up the organs that brought the member to hospital."""
    organs, comorbidities = len(ORGANS), len(COMORBIDITIES)
    stages = now.stages + begins[:, :organs]
    for organ, cause in ((CEREBROVASCULAR, "stroke"), (CARDIOVASCULAR, "cardiac")):
        stages[stays.row[stays.cause == cause_number(cause)], organ] = 2
    comorbid = now.comorbid | begins[:, organs : organs + comorbidities]
    return replace(now, stages=stages, comorbid=comorbid, dialysis=now.dialysis | begins[:, -1])


def _add_stays(then: State, stays: Stays) -> State:
    """Remember the year's stays until the next year is over."""
    crisis = stays.row[stays.cause == cause_number("metabolic_crisis")]
    recent = np.bincount(stays.row, minlength=len(then)).astype("int64")
    return replace(then, recent_stays=recent, metabolic=np.bincount(crisis, minlength=len(then)) > 0)


def _draw_deaths(people: Members, now: State, since: FloatArray, year: int, rng: np.random.Generator) -> IntArray:
    time = since + rng.exponential(size=len(now)) / death_rate(people, now)
    return np.where(time < 1.0, day_of(year, np.minimum(time, 0.999999)), ALIVE)


def _put(state: State, rows: IntArray, values: State) -> State:
    """Return the state with some rows replaced."""
    columns = {}
    for name in State.__dataclass_fields__:
        column = getattr(state, name).copy()
        column[rows] = getattr(values, name)
        columns[name] = column
    return State(**columns)

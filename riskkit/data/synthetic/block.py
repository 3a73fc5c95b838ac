"""Block: the members who are drawn together from one seed, with their course and their time under contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import new_year
from riskkit.data.synthetic.enrolment import Enrolment, draw_enrolment, draw_entry_time
from riskkit.data.synthetic.members import Members, draw_members
from riskkit.data.synthetic.trajectory import Trajectory, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK_PERSONS = 10_000
"""Members per block: the unit of randomness and of memory, so that rows do not depend on how they are written."""


@dataclass(frozen=True)
class Block:
    """What happened to a block of members, before anything was written down.

    Parameters
    ----------
    number : int
        Running number of the block, from 0.
    years : int
        Years of the cohort.
    members : Members
        Who they are.
    course : Trajectory
        How their disease went.
    enrolment : Enrolment
        When they were under contract.
    """

    number: int
    years: int
    members: Members
    course: Trajectory
    enrolment: Enrolment

    @property
    def last_day(self) -> int:
        """Last day on which anything is dated, settlement apart."""
        return int(new_year(self.years)) - 1


def draw_blocks(n_persons: int, years: int, seed: int) -> Iterator[tuple[Block, np.random.Generator]]:
    """Draw the cohort block by block.

    Parameters
    ----------
    n_persons : int
        Members in all.
    years : int
        Years of the cohort.
    seed : int
        Seed; each block has a random stream of its own.

    Yields
    ------
    tuple of (Block, numpy.random.Generator)
        A block, and its stream for what is observed of it.
    """
    for number, first in enumerate(range(0, n_persons, BLOCK_PERSONS)):
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(number,))))
        numbers = np.arange(first, min(first + BLOCK_PERSONS, n_persons), dtype="int64") + 1
        members = draw_members(numbers, years, rng)
        entry_time = draw_entry_time(members, rng)
        course = simulate(members, entry_time, years, rng)
        enrolment = draw_enrolment(members, entry_time, course.death_day, years, rng)
        yield Block(number, years, members, course, enrolment), rng

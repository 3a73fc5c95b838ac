"""Membership tables: person and enrollment of a block, and the names by which other tables call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from riskkit.data.synthetic.calendar import new_year
from riskkit.data.synthetic.columns import as_days, as_identifiers, as_labels, build_table
from riskkit.data.synthetic.teams import REGIONS

if TYPE_CHECKING:
    from riskkit.data.synthetic.block import Block
    from riskkit.data.synthetic.records import IntArray

PERSON_DIGITS = 7
SEXES = ("male", "female")
INSURANCES = ("resident", "employee")


def person_ids(block: Block, member: IntArray) -> pa.Array:
    """Return the identifiers of members.

    Parameters
    ----------
    block : Block
        The members.
    member : numpy.ndarray of shape (n,)
        Rows of members.

    Returns
    -------
    pyarrow.Array
        `n` identifiers such as ``P0000001``.
    """
    return as_identifiers("P", block.members.number, digits=PERSON_DIGITS).take(pa.array(member))


def team_ids(block: Block, member: IntArray) -> pa.Array:
    """Return the identifiers of members' family-doctor teams.

    Parameters
    ----------
    block : Block
        The members.
    member : numpy.ndarray of shape (n,)
        Rows of members.

    Returns
    -------
    pyarrow.Array
        `n` identifiers such as ``T00001``.
    """
    return as_identifiers("T", block.members.team[member], digits=5)


def facility_ids(numbers: IntArray) -> pa.Array:
    """Return the identifiers of institutions.

    Parameters
    ----------
    numbers : numpy.ndarray of shape (n,)
        Their numbers.

    Returns
    -------
    pyarrow.Array
        `n` identifiers such as ``F000001``.
    """
    return as_identifiers("F", numbers, digits=6)


def person_table(block: Block) -> pa.Table:
    """Write down the members.

    Parameters
    ----------
    block : Block
        The members.

    Returns
    -------
    pyarrow.Table
        Canonical table `person`; a death after the last day of the data is not known.
    """
    members, death_day = block.members, block.enrolment.death_day
    columns = {
        "person_id": person_ids(block, np.arange(len(members))),
        "birth_date": as_days(members.birth_day),
        "sex": as_labels(SEXES, members.female.astype("int64")),
        "region": as_labels(REGIONS, members.region),
        "urban": pa.array(members.urban),
        "insurance_type": as_labels(INSURANCES, members.employee.astype("int64")),
        "death_date": as_days(death_day, death_day > block.last_day),
    }
    return build_table("person", columns)


def enrollment_table(block: Block) -> pa.Table:
    """Write down the spans under contract.

    Parameters
    ----------
    block : Block
        The members and their spans.

    Returns
    -------
    pyarrow.Table
        Canonical table `enrollment`; contracts in force on the last day of the data run for one more year.
    """
    start, end = block.enrolment.start, block.enrolment.end
    member, span = np.nonzero((end > start) & (start < int(new_year(block.years))))
    members = block.members
    columns = {
        "person_id": person_ids(block, member),
        "start_date": as_days(start[member, span]),
        "end_date": as_days(end[member, span]),
        "team_id": team_ids(block, member),
        "institution_id": facility_ids(members.institution[member]),
        "institution_level": pa.array(members.level[member]),
    }
    return build_table("enrollment", columns)

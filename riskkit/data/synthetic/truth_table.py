"""Truth table: the true chances and amounts of a block at each index date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from riskkit.data.synthetic.calendar import new_year
from riskkit.data.synthetic.columns import as_days
from riskkit.data.synthetic.enrolment import ALIVE
from riskkit.data.synthetic.membership_tables import person_ids
from riskkit.data.synthetic.state import State
from riskkit.data.synthetic.truth import compute_truth

if TYPE_CHECKING:
    from riskkit.data.synthetic.block import Block


def truth_table(block: Block) -> pa.Table:
    """Compute the truth of a block on each 1 January, the first one after the data included.

    Parameters
    ----------
    block : Block
        The members and their course.

    Returns
    -------
    pyarrow.Table
        `person_id`, `index_date` and the columns of `truth.compute_truth`; sorted by key. Members have a row from the
        year in which their course begins for as long as they live, under contract or not.
    """
    years, course = block.course.member_years, block.course
    last = np.flatnonzero((years.year == block.years - 1) & (course.death_day[years.member] == ALIVE))
    member = np.concatenate([years.member, years.member[last]])
    year = np.concatenate([years.year, np.full(len(last), block.years)])
    state = State.join([course.before, course.after.take(last)])
    order = np.lexsort((year, member))
    columns = {
        "person_id": person_ids(block, member[order]),
        "index_date": as_days(new_year(year[order])),
        **compute_truth(block.members.take(member[order]), state.take(order)),
    }
    return pa.table(columns)

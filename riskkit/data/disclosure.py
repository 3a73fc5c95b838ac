"""Disclosure: counts of few persons are suppressed, and with them what would give them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALLEST_CELL = 11
"""Cells of 1 to 10 persons are not published [1]_.

.. [1] Centers for Medicare & Medicaid Services, cell size suppression policy.
"""


def suppress_small_cells(
    table: pd.DataFrame,
    count: str,
    *,
    figures: Sequence[str] = (),
    within: Sequence[str] = (),
    smallest: int = SMALLEST_CELL,
) -> pd.DataFrame:
    """Take the counts of few persons out of a table, and one more where the total would give a single one away.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per cell.
    count : str
        Column with the number of persons.
    figures : sequence of str, optional
        Further columns that say something of those persons; they are taken out with the count.
    within : sequence of str, optional
        Columns of the groups whose totals may be known: with one small cell in a group, its next smallest cell goes
        too, because the total less the others would be the small one.
    smallest : int, default 11
        Fewest persons of a cell that is shown. A cell of nobody is shown.

    Returns
    -------
    pandas.DataFrame
        A new frame of the same rows with NaN for what is taken out, and a column `suppressed`.

    Examples
    --------
    >>> cells = pd.DataFrame({"tier": ["low", "medium", "high"], "persons": [90, 20, 4]})
    >>> suppress_small_cells(cells, "persons").values.tolist()
    [['low', 90.0, False], ['medium', nan, True], ['high', nan, True]]
    """
    held = table[count].fillna(0).to_numpy()
    hidden = np.array((held > 0) & (held < smallest))
    place = table.groupby(list(within), dropna=False).ngroup().to_numpy() if within else np.zeros(len(table))
    for group in np.unique(place):
        rows = np.flatnonzero(place == group)
        others = rows[(held[rows] > 0) & ~hidden[rows]]
        if hidden[rows].sum() == 1 and len(others):
            hidden[others[np.argmin(held[others])]] = True
    shown = {name: table[name].astype("float64").mask(hidden) for name in (count, *figures)}
    return table.assign(**shown, suppressed=hidden)

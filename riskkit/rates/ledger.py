"""The rate ledger: one row per member and step, whose amounts sum to the rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.rates.members import KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

STEP_ITEMS: Final[dict[int, str]] = {
    1: "mean expected cost of the reference population",
    2: "relative risk score",
    3: "relativity of the tier",
    4: "credibility of the team",
    5: "pooling charge",
    6: "base and trend",
    7: "region factor",
    8: "uplifts",
    9: "floor and cap",
    10: "budget factor",
    11: "corridor of the team",
    12: "withhold",
    13: "rounding",
}
FLAT_ITEM: Final = "one relativity for everybody"
TIED_ITEM: Final = "rounding, tied to the budget"


def name_steps(method: str, *, tied: bool = False) -> dict[int, str]:
    """Name each step in the words of a policy: a flat product has a step 3, but no tier in it.

    Parameters
    ----------
    method : {"individual", "tier_mean", "tier_table", "flat"}
        How the policy makes a relativity.
    tied : bool, default False
        Whether rates of the table moved to tie to its budget, which step 13 holds as well.

    Returns
    -------
    dict of int to str
        What each step is called, by its number.

    Examples
    --------
    >>> name_steps("tier_mean")[3], name_steps("flat")[3]
    ('relativity of the tier', 'one relativity for everybody')
    """
    return STEP_ITEMS | ({3: FLAT_ITEM} if method == "flat" else {}) | ({13: TIED_ITEM} if tied else {})


def build_ledger(
    keys: pd.DataFrame, totals: Mapping[int, NDArray[np.float64]], *, items: Mapping[int, str] = STEP_ITEMS
) -> pd.DataFrame:
    """Write what each step adds to the amount of each member.

    Parameters
    ----------
    keys : pandas.DataFrame of shape (n_members, n_columns)
        `person_id` and `index_date`, sorted.
    totals : mapping of int to numpy.ndarray of shape (n_members,)
        The amount after each step (currency per member year), steps in rising order.
    items : mapping of int to str, optional
        What each step is called, from `name_steps`.

    Returns
    -------
    pandas.DataFrame of shape (n_members * n_steps, 5)
        `person_id`, `index_date`, `step`, `item` (category), `amount` (currency per member year, what the step adds);
        sorted by key and step.

    Examples
    --------
    >>> keys = pd.DataFrame({"person_id": ["A"], "index_date": pd.to_datetime(["2024-01-01"])})
    >>> ledger = build_ledger(keys, {1: np.array([6000.0]), 2: np.array([9000.0]), 13: np.array([9000.0])})
    >>> ledger["amount"].tolist()
    [6000.0, 3000.0, 0.0]
    """
    steps = list(totals)
    running = np.column_stack(list(totals.values()))
    amounts = np.diff(running, axis=1, prepend=0.0)
    rows = np.repeat(np.arange(len(keys)), len(steps))
    codes = np.tile(np.arange(len(steps), dtype=np.int8), len(keys))
    ledger = keys[KEY].take(rows).reset_index(drop=True)
    ledger["step"] = np.tile(np.array(steps, dtype=np.int8), len(keys))
    ledger["item"] = pd.Categorical.from_codes(codes, categories=pd.Index([items[step] for step in steps]))
    ledger["amount"] = amounts.ravel()
    return ledger

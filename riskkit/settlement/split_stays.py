"""Split stays: one stay that was billed as two, seen by a quick return under the same diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.settlement.small_teams import wilson_interval

if TYPE_CHECKING:
    from riskkit.settlement.monitor_policy import SplitStays


def find_split_stays(policy: SplitStays, stays: pd.DataFrame) -> pd.DataFrame:
    """Find pairs of stays of a person that look like one.

    Parameters
    ----------
    policy : SplitStays
        Days and leading characters.
    stays : pandas.DataFrame of shape (n_stays, 7)
        `claim_id`, `person_id`, `team_id`, `start_date`, `end_date`, `discharge_status`, `principal` (normalised code).

    Returns
    -------
    pandas.DataFrame of shape (n_pairs, 6)
        `person_id`, `team_id`, `claim_id`, `next_claim_id`, `gap_days`, `category`; sorted.

    Notes
    -----
    Each stay is held to the next one of the same person by date. A transfer to another hospital is no split; stays that
    overlap are a record of one stay twice, and none either.
    """
    ordered = stays.sort_values(["person_id", "start_date", "claim_id"], ignore_index=True)
    later = ordered.groupby("person_id").shift(-1)
    gap = (later["start_date"] - ordered["end_date"]).dt.days
    width = int(policy.characters.value)
    category = ordered["principal"].str.slice(0, width)
    same = (category == later["principal"].str.slice(0, width)) & category.notna()
    found = same & (gap >= 0) & (gap <= policy.days.value) & (ordered["discharge_status"] != "transfer")
    pairs = ordered[["person_id", "team_id", "claim_id"]].assign(
        next_claim_id=later["claim_id"], gap_days=gap, category=category
    )
    return pairs[found.to_numpy()].astype({"gap_days": "int64"}).reset_index(drop=True)


def compare_split_stays(stays: pd.DataFrame, pairs: pd.DataFrame, *, confidence: float) -> pd.DataFrame:
    """Hold each team's share of split stays to the book's.

    Parameters
    ----------
    stays : pandas.DataFrame of shape (n_stays, n_columns)
        All stays, with `team_id`.
    pairs : pandas.DataFrame of shape (n_pairs, n_columns)
        What `find_split_stays` found.
    confidence : float
        Coverage of the interval.

    Returns
    -------
    pandas.DataFrame of shape (n_teams, 5)
        `team_id`, `stays`, `split`, `split_pct` and `split_alert`: the lower end of the team's interval is above the
        book's share. Sorted by `team_id`.
    """
    table = stays.groupby("team_id").size().rename("stays").to_frame()
    table["split"] = pairs.groupby("team_id").size().reindex(table.index, fill_value=0)
    events, trials = (table[name].to_numpy(dtype=np.float64) for name in ("split", "stays"))
    low, _ = wilson_interval(events, trials, confidence)
    book = events.sum() / trials.sum() if len(table) else 0.0
    return table.assign(split_pct=events / trials, split_alert=low > book).reset_index()

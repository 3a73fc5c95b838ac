"""Split stays: one stay that was billed as two, seen by a quick return under the same diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

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
        Confidence that no team at all is named by luck.

    Returns
    -------
    pandas.DataFrame of shape (n_teams, 6)
        `team_id`, `stays`, `split`, `split_pct`, `chance_by_luck` (of so many or more, were the team's stays split as
        often as the book's) and `split_alert`: the chance, times the number of teams, is below one less the confidence,
        so that a single pair among few stays names nobody. Sorted by `team_id`.

    References
    ----------
    .. [1] Bonferroni CE, Teoria statistica delle classi e calcolo delle probabilita (1936).

    Examples
    --------
    Both of 2 stays where 2 of 6 are split: (1/3)^2 = 1/9, which is no news.

    >>> import pandas as pd
    >>> stays = pd.DataFrame({"team_id": ["A", "A", "B", "B", "B", "B"]})
    >>> pairs = pd.DataFrame({"team_id": ["A", "A"]})
    >>> compare_split_stays(stays, pairs, confidence=0.95)["chance_by_luck"].round(4).tolist()
    [0.1111, 1.0]
    """
    from scipy.stats import binom

    table = stays.groupby("team_id").size().rename("stays").to_frame()
    table["split"] = pairs.groupby("team_id").size().reindex(table.index, fill_value=0)
    events, trials = (table[name].to_numpy(dtype=np.float64) for name in ("split", "stays"))
    book = events.sum() / trials.sum() if len(table) else 0.0
    chance = np.asarray(binom.sf(events - 1, trials, book), dtype=np.float64)
    alert = chance * len(table) < 1 - confidence
    return table.assign(split_pct=events / trials, chance_by_luck=chance, split_alert=alert).reset_index()

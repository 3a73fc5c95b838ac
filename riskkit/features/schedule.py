"""The schedule of care: how often each check is due in a year, and how much of it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEDULE = {
    "follow_up": (4, ("follow_up_365d",), "follow-up visits", "随访"),
    "hba1c": (2, ("hba1c_tests_365d",), "HbA1c tests", "糖化血红蛋白检测"),
    "eye": (1, ("eye_exam_365d",), "eye examinations", "眼底检查"),
    "uacr": (1, ("uacr_screen_365d", "uacr_tests_365d"), "urine albumin checks", "尿微量白蛋白检查"),
    "neuropathy": (1, ("neuropathy_screen_365d",), "neuropathy screenings", "神经病变筛查"),
    "therapy": (2, ("therapy_review_365d",), "therapy reviews", "治疗方案调整"),
}
"""Times due in 365 days, the counts that show it (the highest stands), and its words; after POLICY_RULES C21."""


def compute_attained(counts: pd.DataFrame, due: int) -> pd.Series[float]:
    """Return how much of a check was done, at most all of it.

    Parameters
    ----------
    counts : pandas.DataFrame
        Counts that show the check; the highest stands, so that a screening that is also a test counts once.
    due : int
        Times due.

    Returns
    -------
    pandas.Series
        From 0 to 1; missing where no count is known.

    Examples
    --------
    >>> compute_attained(pd.DataFrame({"visits": [0.0, 3.0, 9.0]}), 4).tolist()
    [0.0, 0.75, 1.0]
    """
    done: pd.Series[float] = counts.max(axis=1)
    return (done / due).clip(upper=1.0)


def compute_schedule_share(counts: pd.DataFrame, due: Mapping[str, tuple[int, tuple[str, ...]]]) -> pd.Series[float]:
    """Return the mean of what was done over the checks of the schedule.

    Parameters
    ----------
    counts : pandas.DataFrame
        Counts of each check.
    due : mapping of str to (int, tuple of str)
        Times due and the columns that show it, by check.

    Returns
    -------
    pandas.Series
        From 0 to 1, over the checks that are known; missing where none is.

    Examples
    --------
    >>> counts = pd.DataFrame({"visits": [4.0], "tests": [1.0]})
    >>> compute_schedule_share(counts, {"visit": (4, ("visits",)), "test": (2, ("tests",))}).tolist()
    [0.75]
    """
    parts = {name: compute_attained(counts[list(columns)], times) for name, (times, columns) in due.items()}
    share: pd.Series[float] = pd.DataFrame(parts).mean(axis=1)
    return share

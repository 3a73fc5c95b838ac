"""Kidney: the KDIGO stages of filtration, albuminuria and risk."""

from __future__ import annotations

import numpy as np
import pandas as pd

G_STAGES = ("G1", "G2", "G3a", "G3b", "G4", "G5")
EGFR_LIMITS = (90.0, 60.0, 45.0, 30.0, 15.0)
"""A rate at or above the first limit is G1, at or above the second G2, and so on; below the last G5."""
UACR_LIMITS = (30.0, 300.0)
"""Below the first limit A1, up to the second A2, above it A3 (mg/g)."""
HEAT = ((0, 1, 2), (0, 1, 2), (1, 2, 3), (2, 3, 3), (3, 3, 3), (3, 3, 3))
"""Risk by filtration stage (row) and albuminuria stage (column): 0 low, 1 moderate, 2 high, 3 very high."""


def compute_g_stage(egfr: pd.Series[float]) -> pd.Series[float]:
    """Stage the filtration rate by KDIGO.

    Parameters
    ----------
    egfr : pandas.Series
        mL/min/1.73 m2.

    Returns
    -------
    pandas.Series
        1 for G1, 2 for G2, 3 for G3a, 4 for G3b, 5 for G4, 6 for G5; missing where the rate is.

    References
    ----------
    .. [1] KDIGO 2024 clinical practice guideline for chronic kidney disease, Kidney International 105 (2024).

    Examples
    --------
    >>> compute_g_stage(pd.Series([90.0, 89.9, 45.0, 44.9, 14.9])).tolist()
    [1.0, 2.0, 3.0, 4.0, 6.0]
    """
    below = np.sum([egfr.lt(limit).to_numpy() for limit in EGFR_LIMITS], axis=0)
    return pd.Series(1.0 + below, index=egfr.index).where(egfr.notna())


def compute_a_stage(uacr: pd.Series[float]) -> pd.Series[float]:
    """Stage the urine albumin-creatinine ratio by KDIGO.

    Parameters
    ----------
    uacr : pandas.Series
        mg/g.

    Returns
    -------
    pandas.Series
        1 below 30, 2 from 30 to 300, 3 above 300; missing where the ratio is.

    References
    ----------
    .. [1] KDIGO 2024 clinical practice guideline for chronic kidney disease, Kidney International 105 (2024).

    Examples
    --------
    >>> compute_a_stage(pd.Series([29.9, 30.0, 300.0, 300.1])).tolist()
    [1.0, 2.0, 2.0, 3.0]
    """
    low, high = UACR_LIMITS
    return (1.0 + uacr.ge(low) + uacr.gt(high)).where(uacr.notna())


def compute_kidney_risk(g_stage: pd.Series[float], a_stage: pd.Series[float]) -> pd.Series[float]:
    """Read the KDIGO heat map.

    Parameters
    ----------
    g_stage, a_stage : pandas.Series
        From :func:`compute_g_stage` and :func:`compute_a_stage`, on one index.

    Returns
    -------
    pandas.Series
        0 low, 1 moderately increased, 2 high, 3 very high; missing where a stage is.

    References
    ----------
    .. [1] KDIGO 2024 clinical practice guideline for chronic kidney disease, figure of risk by GFR and albuminuria.

    Examples
    --------
    G3a with A2 is high, G2 with A1 is low:

    >>> compute_kidney_risk(pd.Series([3.0, 2.0]), pd.Series([2.0, 1.0])).tolist()
    [2.0, 0.0]
    """
    known = g_stage.notna() & a_stage.notna()
    rows = g_stage.fillna(1).astype("int64").to_numpy() - 1
    columns = a_stage.fillna(1).astype("int64").to_numpy() - 1
    return pd.Series(np.asarray(HEAT, dtype="float64")[rows, columns], index=g_stage.index).where(known)


def find_kidney_disease(egfr: pd.Series[float], uacr: pd.Series[float]) -> pd.Series[bool]:
    """Say where sustained values prove chronic kidney disease, without any code.

    Parameters
    ----------
    egfr : pandas.Series
        Filtration rate that was reached or undercut on two days three months apart (mL/min/1.73 m2).
    uacr : pandas.Series
        Albumin-creatinine ratio that was reached or exceeded on two such days (mg/g), on the same index.

    Returns
    -------
    pandas.Series
        Whether the rate is below 60 (G3a or worse) or the ratio 30 or more (A2 or worse); False where neither is known.

    References
    ----------
    .. [1] KDIGO 2024 clinical practice guideline for chronic kidney disease, Kidney International 105 (2024).

    Examples
    --------
    >>> find_kidney_disease(pd.Series([59.9, 60.0, 90.0, None]), pd.Series([None, 29.9, 30.0, None])).tolist()
    [True, False, True, False]
    """
    return egfr.lt(EGFR_LIMITS[1]) | uacr.ge(UACR_LIMITS[0])

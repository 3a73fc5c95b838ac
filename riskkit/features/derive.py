"""Derived features: formulas over features of the same row, in pandas, the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.features.conditions import DCSI_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

HBA1C_TARGET_PCT = 7.0


def compute_egfr(
    creatinine: pd.Series[float], age_years: pd.Series[float], is_female: pd.Series[float]
) -> pd.Series[float]:
    """Estimate the glomerular filtration rate by CKD-EPI 2021.

    Parameters
    ----------
    creatinine : pandas.Series
        Serum creatinine (mg/dL).
    age_years : pandas.Series
        Age; the equation holds from 18 years.
    is_female : pandas.Series
        1 for a woman, 0 for a man.

    Returns
    -------
    pandas.Series
        mL/min/1.73 m2; missing where any input is missing or the age is under 18.

    References
    ----------
    .. [1] Inker et al., New creatinine- and cystatin C-based equations to estimate GFR without race, NEJM 385 (2021).

    Examples
    --------
    A woman of 55 with 0.9 mg/dL and a man of 60 with 1.0 mg/dL:

    >>> age, female = pd.Series([55.0, 60.0]), pd.Series([1.0, 0.0])
    >>> compute_egfr(pd.Series([0.9, 1.0]), age, female).round(1).tolist()
    [75.5, 86.2]
    """
    woman = is_female.eq(1).to_numpy()
    ratio = creatinine.to_numpy(dtype="float64") / np.where(woman, 0.7, 0.9)
    low = np.minimum(ratio, 1.0) ** np.where(woman, -0.241, -0.302)
    high = np.maximum(ratio, 1.0) ** -1.200
    rate = 142.0 * low * high * 0.9938 ** age_years.to_numpy(dtype="float64") * np.where(woman, 1.012, 1.0)
    return pd.Series(rate, index=creatinine.index).where(age_years.ge(18) & is_female.notna())


def _egfr(frame: pd.DataFrame) -> pd.Series[float]:
    return compute_egfr(frame["creatinine_latest_730d"], frame["age_years"], frame["is_female"])


def _dcsi_total(frame: pd.DataFrame) -> pd.Series[float]:
    """Sum the category maxima; a member without a code in a category has no points there."""
    names = [name for group in DCSI_GROUPS if (name := f"dcsi_{group}_730d") in frame]
    total: pd.Series[float] = frame[names].sum(axis=1, min_count=1)
    return total


def _above_target(frame: pd.DataFrame) -> pd.Series[float]:
    return (frame["hba1c_latest_730d"] - HBA1C_TARGET_PCT).clip(lower=0.0)


def _cost_trend(frame: pd.DataFrame) -> pd.Series[float]:
    year = frame["allowed_amount_365d"]
    return frame["allowed_amount_90d"] / year.where(year > 0)


@dataclass(frozen=True)
class Derived:
    """A formula over features of the same row.

    Parameters
    ----------
    inputs : tuple of str
        Features that it reads, where the catalogue has them.
    formula : callable
        From the frame of inputs to the values.
    """

    inputs: tuple[str, ...]
    formula: Callable[[pd.DataFrame], pd.Series[float]]


DERIVED: dict[str, Derived] = {
    "egfr_latest_730d": Derived(("creatinine_latest_730d",), _egfr),
    "dcsi_total_730d": Derived(tuple(f"dcsi_{group}_730d" for group in DCSI_GROUPS), _dcsi_total),
    "hba1c_above_target": Derived(("hba1c_latest_730d",), _above_target),
    "allowed_amount_trend": Derived(("allowed_amount_90d", "allowed_amount_365d"), _cost_trend),
}
"""Formula of each derived feature; the context columns are always at hand."""

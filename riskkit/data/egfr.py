"""Filtration rate: CKD-EPI 2021 from serum creatinine, age and sex."""

from __future__ import annotations

import numpy as np
import pandas as pd


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

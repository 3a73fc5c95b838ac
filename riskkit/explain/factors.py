"""Contributions of frozen factors: what multiplies a prediction is shared out among the features it looks at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.explain.contributions import KEY, add_columns, make_frame, split_frame
from riskkit.explain.rescaling import compute_log_mean


def multiply_contributions(contributions: pd.DataFrame, log_factors: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Take factors on the prediction into its contributions, exactly in the sum (LMDI).

    With f0' and f' what base value and contributions c'_j sum to before the factors, f0 = f0' exp(level) and
    f = f' exp(level + sum of log factors l_j), each c_j = (c'_j / L(f', f0') + l_j) L(f, f0), where L is the
    logarithmic mean: the sign of every contribution is kept where its feature has no factor.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        In the unit of the prediction, from `rescale_to_probability` or `rescale_to_amount`.
    log_factors : pandas.DataFrame of shape (n_rows, n_factors)
        Logarithm of each feature's factor, columns named as the features; rows in the order of `contributions`.
    level : float
        Logarithm of the factor that all members share.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, 3 + n_features)
        Base value and contributions sum to the prediction with its factors.

    Raises
    ------
    DataContractError
        If a feature with a factor has no contribution, or an amount before the factors is not positive.

    References
    ----------
    .. [1] Ang B. W. (2005). The LMDI approach to decomposition analysis. Energy Policy 33(7).
       doi:10.1016/j.enpol.2003.10.010

    Examples
    --------
    A base of 1000, doubled by x, and by a factor of 2 on y: 4000, of which each doubling made half.

    >>> before = pd.DataFrame({"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)],
    ...                        "base_value": [1000.0], "x": [1000.0], "y": [0.0]})
    >>> after = multiply_contributions(before, pd.DataFrame({"y": [np.log(2)]}), level=0.0)
    >>> after[["base_value", "x", "y"]].round(6).iloc[0].tolist()
    [1000.0, 1500.0, 1500.0]
    """
    names, base, phi = split_frame(contributions)
    absent = [name for name in log_factors if name not in names]
    if absent:
        message = f"contributions: no column {absent[0]!r}, which has a factor. Explain the model that has the factors."
        raise DataContractError(message)
    by = np.zeros_like(phi)
    for name in log_factors:
        by[:, names.index(str(name))] = log_factors[name].to_numpy(np.float64)
    before = base + add_columns(phi)
    start, end = base * np.exp(level), before * np.exp(level + add_columns(by))
    scale, mean = compute_log_mean(before, base), compute_log_mean(end, start)
    return make_frame(contributions[KEY], start, (phi / scale[:, None] + by) * mean[:, None], names)

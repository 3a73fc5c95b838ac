"""Contributions to a cost in two parts: those to the chance of any cost and to its amount, put together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.explain.contributions import KEY, FloatArray, make_frame, split_frame
from riskkit.explain.rescaling import rescale_to_probability


def combine_parts(chance: pd.DataFrame, amount: pd.DataFrame) -> pd.DataFrame:
    """Put the contributions of both parts together on the log of the expected cost.

    The log of chance times amount is the log of the chance, to which the first part's contributions are rescaled
    exactly in the sum, plus the log of the amount, to which the second part's already add up.

    Parameters
    ----------
    chance : pandas.DataFrame of shape (n_rows, 3 + n_features)
        From `compute_contributions` of the trees of any cost: log odds.
    amount : pandas.DataFrame of shape (n_rows, 3 + n_features)
        From `compute_contributions` of the trees of the amount: its log. The same rows and features.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, 3 + n_features)
        Base value and contributions sum to the log of the expected cost.

    Examples
    --------
    Even odds of 100 become odds of 3 to 1 by x, and the amount doubles by y: 50 becomes 150.

    >>> key = {"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)]}
    >>> chance = pd.DataFrame({**key, "base_value": [0.0], "x": [np.log(3)], "y": [0.0]})
    >>> amount = pd.DataFrame({**key, "base_value": [np.log(100)], "x": [0.0], "y": [np.log(2)]})
    >>> both = combine_parts(chance, amount)
    >>> np.exp(both[["base_value", "x", "y"]]).round(6).iloc[0].tolist()
    [50.0, 1.5, 2.0]
    """
    names, base, phi = split_frame(rescale_to_probability(chance, _log_chance))
    _, base_amount, phi_amount = split_frame(amount)
    return make_frame(chance[KEY], base + base_amount, phi + phi_amount, names)


def _log_chance(margin: FloatArray) -> FloatArray:
    return np.asarray(-np.logaddexp(0.0, -margin), dtype=np.float64)

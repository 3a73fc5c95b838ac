"""The documents' tier rule: HbA1c and complications give low, medium, high, or no answer for want of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from riskkit.tiers.policy import HbA1cRule

LOW, MEDIUM, HIGH, UNKNOWN = 0, 1, 2, -1


def compute_rule_tiers(rule: HbA1cRule, features: pd.DataFrame) -> tuple[NDArray[np.int8], NDArray[np.object_]]:
    """Place each member by the rule, with the reason code of the place.

    High wins over missing evidence; with evidence missing nobody is low, so that not testing never pays.

    Parameters
    ----------
    rule : HbA1cRule
        Limits and feature names.
    features : pandas.DataFrame of shape (n_rows, n_features)
        HbA1c (% NGSP) and the complication flags (0, 1 or NaN).

    Returns
    -------
    tier : numpy.ndarray of shape (n_rows,)
        0 low, 1 medium, 2 high, -1 where the evidence is missing.
    reason : numpy.ndarray of shape (n_rows,)
        A key of `riskkit.tiers.assignment.TIER_REASONS`.

    Raises
    ------
    DataContractError
        If a feature of the rule is absent, or a flag is neither 0, 1 nor missing.

    References
    ----------
    .. [1] POLICY_RULES C1 (S4) and contradictions 2 and 3.
    """
    hba1c = _column(features, rule.hba1c)
    severe = _flags(features, rule.severe_complications)
    other = _flags(features, rule.complications)
    severe_present, any_present = (severe == 1).any(axis=1), (other == 1).any(axis=1) | (severe == 1).any(axis=1)
    no_hba1c = np.isnan(hba1c)
    unknown_flag = np.isnan(severe).any(axis=1) | (np.isnan(other).any(axis=1) & ~any_present)
    above, below = hba1c > rule.high_above.value, hba1c < rule.low_below.value
    cases = [
        (above, HIGH, "hba1c_above_limit"),
        (severe_present, HIGH, "severe_complication"),
        (no_hba1c, UNKNOWN, "hba1c_missing"),
        (unknown_flag, UNKNOWN, "complications_unknown"),
        (any_present, MEDIUM, "other_complication"),
        (below, LOW, "hba1c_below_limit"),
    ]
    conditions = [case[0] for case in cases]
    tier = np.select(conditions, [np.int8(case[1]) for case in cases], default=np.int8(MEDIUM))
    reasons = np.array([case[2] for case in cases] + ["hba1c_between_limits"], dtype=object)
    which = np.select(conditions, [np.int8(place) for place in range(len(cases))], default=np.int8(len(cases)))
    return tier.astype(np.int8), reasons[which]


def _flags(features: pd.DataFrame, names: tuple[str, ...]) -> NDArray[np.float64]:
    """Read complication flags as an array of shape (n_rows, n_flags), each 0, 1 or NaN."""
    flags = np.empty((len(features), len(names)))
    for place, name in enumerate(names):
        values = _column(features, name)
        strange = ~(np.isnan(values) | (values == 0) | (values == 1))
        if strange.any():
            found = values[strange][0]
            message = (
                f"features: {name} must be 0, 1 or missing, found {found} in {strange.sum()} of {len(values)} rows. "
                "Name a flag in [rule] of the tier policy."
            )
            raise DataContractError(message)
        flags[:, place] = values
    return flags


def _column(features: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """Return one feature as float64."""
    if name not in features.columns:
        message = (
            f"features: the tier rule needs {name!r}, which is not among the {features.shape[1]} columns. "
            "Build that feature group, or use a tier policy without [rule]."
        )
        raise DataContractError(message)
    return features[name].to_numpy(dtype=np.float64, na_value=np.nan)

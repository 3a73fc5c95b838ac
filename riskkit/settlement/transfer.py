"""Risk transfer between plans: what each plan's risk is worth beyond what its premium may ask for, summing to zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("share", "risk_score", "induced_demand", "geographic_cost", "actuarial_value", "allowable_rating")


def compute_transfers(plans: pd.DataFrame, premium_pmpm: float) -> pd.DataFrame:
    """Compute the transfer of each plan.

    Parameters
    ----------
    plans : pandas.DataFrame of shape (n_plans, 7)
        `plan_id` and, above 0, `share` (member months as a fraction of the market), `risk_score`, `induced_demand`,
        `geographic_cost`, `actuarial_value`, `allowable_rating`.
    premium_pmpm : float
        The market's mean premium, per member month.

    Returns
    -------
    pandas.DataFrame of shape (n_plans, 8)
        The plans with `transfer_pmpm` (above 0: the plan receives), sorted by `plan_id`; its mean by share is 0.

    Raises
    ------
    DataContractError
        If a number is not above 0 or the shares do not sum to 1.

    References
    ----------
    .. [1] Pope GC et al., Risk transfer formula for individual and small group markets under the Affordable Care Act,
       Medicare and Medicaid Research Review 2014; 4(3).

    Examples
    --------
    >>> import pandas as pd
    >>> plans = pd.DataFrame({"plan_id": ["A", "B"], "share": [0.6, 0.4], "risk_score": [0.9, 1.2]})
    >>> rest = dict.fromkeys(COLUMNS[2:], 1.0)
    >>> compute_transfers(plans.assign(**rest), 450.0)["transfer_pmpm"].round(2).tolist()
    [-52.94, 79.41]
    """
    ordered = plans.sort_values("plan_id", ignore_index=True)
    values = {name: ordered[name].to_numpy(dtype=np.float64) for name in COLUMNS}
    for name, column in values.items():
        if not (column > 0).all():
            message = f"transfer: {name} must be above 0, got {column.tolist()}. Correct the plans."
            raise DataContractError(message)
    share = values["share"]
    if abs(share.sum() - 1) > 1e-9:
        message = f"transfer: the shares must sum to 1, got {share.sum()}. Correct the shares."
        raise DataContractError(message)
    market = values["induced_demand"] * values["geographic_cost"]
    needed = values["risk_score"] * market
    asked = values["actuarial_value"] * values["allowable_rating"] * market
    relative = needed / (share @ needed) - asked / (share @ asked)
    return ordered.assign(transfer_pmpm=relative * premium_pmpm)

"""Pooling: dear members are shared by all, by what was spent or by what the payment left uncovered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import field_validator

from riskkit.errors import DataContractError
from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.rates.members import as_floats
from riskkit.rates.relative_risk import weighted_mean

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


class Pooling(PolicyModel):
    """What a pool bears of a dear member, and the flat charge that pays for it (step 5).

    Parameters
    ----------
    by : {"spend", "residual"}
        The excess of cost over the threshold, or of cost less payment over it.
    threshold : PolicyNumber
        Currency per member year.
    ceded : PolicyNumber
        Fraction of the excess that the pool bears; the rest stays with the team.
    profit_threshold : PolicyNumber, optional
        With `residual`: a member's payment beyond cost above this is paid back to the pool, in the same fraction.
    charge : PolicyNumber, optional
        Pooling charge as a fraction of the mean cost; fitted on `observed_cost` of the reference population where
        absent.
    """

    by: Literal["spend", "residual"]
    threshold: PolicyNumber
    ceded: PolicyNumber
    profit_threshold: PolicyNumber | None = None
    charge: PolicyNumber | None = None

    @field_validator("threshold", "profit_threshold")
    @classmethod
    def _positive(cls, number: PolicyNumber | None) -> PolicyNumber | None:
        if number is not None and not number.value > 0:
            message = f"must be above 0, got {number.value}. Correct the value"
            raise ValueError(message)
        return number

    @field_validator("ceded", "charge")
    @classmethod
    def _fraction(cls, number: PolicyNumber | None) -> PolicyNumber | None:
        if number is not None and not 0 <= number.value <= 1:
            message = f"must be between 0 and 1, got {number.value}. Give a fraction"
            raise ValueError(message)
        return number


def compute_pooled_amount(
    block: Pooling, cost: NDArray[np.float64], payment: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what the pool pays for each member; negative where an extreme profit is paid back.

    Parameters
    ----------
    block : Pooling
        Threshold, fraction and what is measured.
    cost : numpy.ndarray of shape (n_members,)
        What was spent (currency per member year).
    payment : numpy.ndarray of shape (n_members,)
        What was paid for the member (the same).

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Currency per member year.

    References
    ----------
    .. [1] McGuire T. G., Schillo S., van Kleef R. C. (2020). Reinsurance, repayments, and risk adjustment in individual
       health insurance. American Journal of Health Economics 6(1). doi:10.1086/706796

    Examples
    --------
    Cost 90,000, payment 70,000 and a threshold of 60,000: by spend the pool pays 80% of 30,000, by residual nothing.

    >>> from datetime import date
    >>> def number(value):
    ...     return PolicyNumber(value=value, unit="as written", reference="example", effective=date(2025, 1, 1))
    >>> for by in ("spend", "residual"):
    ...     block = Pooling(by=by, threshold=number(60_000), ceded=number(0.8))
    ...     compute_pooled_amount(block, np.array([90_000.0]), np.array([70_000.0])).tolist()
    [24000.0]
    [0.0]
    """
    measured = cost if block.by == "spend" else cost - payment
    pooled = np.maximum(measured - block.threshold.value, 0.0)
    if block.by == "residual" and block.profit_threshold is not None:
        pooled = pooled - np.maximum(payment - cost - block.profit_threshold.value, 0.0)
    return block.ceded.value * pooled


def fit_pooling_charge(block: Pooling, members: pd.DataFrame, mean: float) -> float:
    """Return the flat charge per member year that pays for the pool, on the scale of expected cost.

    Parameters
    ----------
    block : Pooling
        The pool.
    members : pandas.DataFrame of shape (n_members, n_columns)
        Reference population: `expected_cost`, `exposure_months`, and `observed_cost` (currency per member year) where
        the policy writes no charge.
    mean : float
        Mean expected cost (currency per member year).

    Returns
    -------
    float
        Currency per member year; at least 0.

    Raises
    ------
    DataContractError
        If an observed cost is needed and is absent or not a finite amount.
    """
    if block.charge is not None:
        return block.charge.value * mean
    if "observed_cost" not in members or not np.isfinite(as_floats(members, "observed_cost")).all():
        message = (
            "rates: the pooling charge is fitted on observed_cost, which the reference population lacks or has gaps "
            "in. Add it, or write [pooling.charge]."
        )
        raise DataContractError(message)
    pooled = compute_pooled_amount(block, as_floats(members, "observed_cost"), as_floats(members, "expected_cost"))
    return max(weighted_mean(pooled, as_floats(members, "exposure_months")), 0.0)

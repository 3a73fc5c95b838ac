"""What the contract makes of a surplus: the team's part, and what the fund pays out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.stress.terms import Contract

    Floats = npt.NDArray[np.float64]


def compute_team_result(contract: Contract, prepaid: Floats, cost: Floats) -> Floats:
    """Compute what a team gains or bears.

    Parameters
    ----------
    contract : Contract
        Shares and caps.
    prepaid, cost : numpy.ndarray
        What was prepaid for its members, and what their care cost (currency).

    Returns
    -------
    numpy.ndarray
        Above 0 what the team keeps of a surplus, below 0 what it bears of an overspend; the fund pays out cost plus
        this.

    Examples
    --------
    A surplus of 20 of which half is kept, and an overspend that is not shared:

    >>> from datetime import date
    >>> from riskkit.stress.terms import Contract
    >>> number = {"unit": "fraction", "reference": "example", "effective": date(2025, 1, 1)}
    >>> keys = {"rate_growth": 0, "retention": 0.5, "overspend_share": 0, "team_reserve": 0}
    >>> contract = Contract.model_validate({key: {"value": value, **number} for key, value in keys.items()})
    >>> compute_team_result(contract, np.array([100.0, 100.0]), np.array([80.0, 120.0]))
    array([10.,  0.])
    """
    surplus = prepaid - cost
    gain = contract.retention.value * np.maximum(surplus, 0.0)
    loss = contract.overspend_share.value * np.maximum(-surplus, 0.0)
    if contract.gain_cap is not None:
        gain = np.minimum(gain, contract.gain_cap.value * prepaid)
    if contract.loss_cap is not None:
        loss = np.minimum(loss, contract.loss_cap.value * prepaid)
    return np.asarray(gain - loss)

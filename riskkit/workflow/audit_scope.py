"""The cost within the scope of a rate: what part of all cost a rate table is held against, and what that can tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskkit.rates.policy import RatePolicy


@dataclass(frozen=True)
class CostScope:
    """The share of the members' cost that their rates are held against.

    Parameters
    ----------
    share : float
        Cost within the scope over all cost; above 0 and at most 1, as no product costs more than all care.
    paid : float
        What the rates ask for over the expected cost.
    stated : float or None
        The share that the policy states; None where it states none.
    judged : bool
        Whether the level of the rates can be judged, and not only the differences between groups.
    reason : str
        Why the share is what it is.
    """

    share: float
    paid: float
    stated: float | None
    judged: bool
    reason: str

    def to_record(self) -> dict[str, Any]:
        """Return the keys of ``audit.json``.

        Returns
        -------
        dict
            `share_of_expected_cost`, `cost_share`, `level_judged`, `level_reason`.
        """
        return {
            "share_of_expected_cost": self.paid,
            "cost_share": self.share,
            "level_judged": self.judged,
            "level_reason": self.reason,
        }


def find_cost_scope(policy: RatePolicy, certificate: Mapping[str, object]) -> CostScope:
    """Find the share of the cost that a rate table is held against.

    Parameters
    ----------
    policy : RatePolicy
        A budget that is a share of the expected cost states the scope.
    certificate : mapping
        Certificate of the rates. What affordability cut stays in the scope, so that the cut shows as a gap.

    Returns
    -------
    CostScope
        The stated share. Without one, rates of all expected cost and more are held against all cost. Others are held
        against cost times the share that they ask for, and their level is not judged: by that share any fee would do.
    """
    wanted = certificate.get("asked_minor", certificate["budget_minor"])
    paid = float(str(wanted)) / float(str(certificate["expected_cost_minor"]))
    if policy.budget is not None and policy.budget.basis == "expected_cost":
        stated = min(policy.budget.number.value, 1.0)
        return CostScope(stated, paid, stated, True, f"the policy states {stated:.1%} of the cost as its budget")
    if paid >= 1:
        return CostScope(1.0, paid, None, True, _say_all_care(paid))
    reason = f"the policy does not state what part of the cost the product covers, so that {paid:.1%}, what it pays"
    return CostScope(paid, paid, None, False, f"{reason} of the expected cost, is taken for it")


def _say_all_care(paid: float) -> str:
    return f"the rates ask for {paid:.1%} of the expected cost, and no product costs more than all care"


def share_cost_scope(scopes: Sequence[CostScope]) -> list[CostScope]:
    """Hold rate tables of one product against one cost, whatever their order.

    Parameters
    ----------
    scopes : sequence of CostScope
        One of each table.

    Returns
    -------
    list of CostScope
        Of one share: the stated one where all state the same, else the largest one. The level of a table is judged
        under a share that all state, or where it asks for as much as all care costs.

    Examples
    --------
    >>> fee = CostScope(0.04, 0.04, None, False, "a fee")
    >>> package = CostScope(0.32, 0.32, None, False, "a package")
    >>> [scope.share for scope in share_cost_scope([fee, package])]
    [0.32, 0.32]
    """
    share = max(scope.share for scope in scopes)
    stated = {scope.stated for scope in scopes}
    if len(stated) == 1 and None not in stated:
        return list(scopes)
    reason = f"the policies do not state one share of the cost; {share:.1%}, the largest, is taken for all of them"
    return [
        replace(scope, share=share, judged=scope.paid >= 1, reason=_say_all_care(scope.paid))
        if scope.paid >= 1
        else replace(scope, share=share, judged=False, reason=reason)
        for scope in scopes
    ]

"""The blocks of a settlement policy that bring known claims to the cost of a year: completion and stop-loss."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.settlement.blocks import require_fraction


class StopLoss(PolicyModel):
    """A member's cost that the fund takes over before the teams are settled.

    Parameters
    ----------
    basis : {"spend", "residual"}
        Whether the threshold counts the member's cost, or what it exceeds the member's own payment by.
    threshold : PolicyNumber
        Currency per member.
    fund_share : PolicyNumber
        Fraction above the threshold that the fund takes over; the rest stays with the team.
    """

    basis: Literal["spend", "residual"]
    threshold: PolicyNumber
    fund_share: PolicyNumber

    @field_validator("threshold")
    @classmethod
    def _above_zero(cls, threshold: PolicyNumber) -> PolicyNumber:
        if not threshold.value > 0:
            message = f"must be above 0, got {threshold.value}. Correct the threshold"
            raise ValueError(message)
        return threshold

    @field_validator("fund_share")
    @classmethod
    def _fraction(cls, share: PolicyNumber) -> PolicyNumber:
        return require_fraction(share, "fund_share")


class Completion(PolicyModel):
    """How claims that are paid so far stand for all that will be.

    Parameters
    ----------
    run_out_months : PolicyNumber
        Claims count if known so many months after the year's end.
    factors : dict of str to PolicyNumber
        Fraction of the final amount that is paid by then, by setting.
    blend_below : PolicyNumber
        Under this factor the open part is taken from what was expected (Bornhuetter-Ferguson), not from what is paid.
    """

    run_out_months: PolicyNumber
    factors: dict[str, PolicyNumber]
    blend_below: PolicyNumber

"""The audit policy: what a rate table must hold to before it is signed, as dated and referenced numbers."""

from __future__ import annotations

from datetime import date

from pydantic import Field, field_validator

from riskkit.policy import PolicyModel, PolicyNumber


class AuditPolicy(PolicyModel):
    """An audit policy as written in ``models/audit/*.toml``.

    Parameters
    ----------
    name, title, title_zh, reference : str
        The audit and where it comes from.
    effective : datetime.date
        First day on which it holds.
    thetas : tuple of float
        Parts of the gap of an under-compensated group whose price is tabulated.
    adequacy_band, adequacy_share : PolicyNumber
        Distance of A/E from 1, and the share of member years that must lie within it.
    new_below : PolicyNumber
        Months since joining below which a member is new.
    added_spend : PolicyNumber
        Spend that the gaming audit adds to last year's.
    gaming_members : PolicyNumber
        Members on whom it tries each change.
    closing_gap : PolicyNumber
        Days at the end of the audited year that may be without a claim.
    growth_line : PolicyNumber
        Largest growth of the rates from one year to the next.
    """

    name: str
    title: str
    title_zh: str
    reference: str
    effective: date
    thetas: tuple[float, ...] = Field(min_length=1)
    adequacy_band: PolicyNumber
    adequacy_share: PolicyNumber
    new_below: PolicyNumber
    added_spend: PolicyNumber
    gaming_members: PolicyNumber
    closing_gap: PolicyNumber
    growth_line: PolicyNumber

    @field_validator("thetas")
    @classmethod
    def _parts(cls, thetas: tuple[float, ...]) -> tuple[float, ...]:
        if not all(0 < theta <= 1 for theta in thetas):
            message = f"must be above 0 and at most 1, got {list(thetas)}. Give parts of a gap"
            raise ValueError(message)
        return thetas

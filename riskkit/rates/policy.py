"""The rate policy: the product, and the steps from expected cost to a rate, each a dated and referenced block."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.rates.blocks import Base, Budget, FloorCap, Region, RelativeRisk, Rounding


class Product(PolicyModel):
    """What the rate buys and who pays it; rates of different scope are never compared.

    Parameters
    ----------
    scope : str
        Name of the scope.
    services : tuple of str
        What the rate pays for.
    payer_split : dict of str to PolicyNumber
        Share of the rate by payer; the shares sum to one.
    """

    scope: str
    services: tuple[str, ...] = Field(min_length=1)
    payer_split: dict[str, PolicyNumber]

    @field_validator("payer_split")
    @classmethod
    def _whole(cls, split: dict[str, PolicyNumber]) -> dict[str, PolicyNumber]:
        shares = [share.value for share in split.values()]
        if not (all(share >= 0 for share in shares) and abs(sum(shares) - 1) < 1e-9):
            message = f"shares must be at least 0 and sum to 1, got {shares}. Correct the shares"
            raise ValueError(message)
        return split


class RatePolicy(PolicyModel):
    """A rate policy as written in ``models/rates/*.toml``; a block that is absent is a step that is not taken.

    Parameters
    ----------
    name, title, title_zh : str
        The policy's name, and its name for a reader.
    reference : str
        Where the policy comes from.
    effective : datetime.date
        First day on which it holds.
    currency : str
        Three-letter code of every amount.
    product : Product
        What the rate buys.
    relative_risk : RelativeRisk
        Steps 2 and 3.
    base : Base
        Step 6.
    region : Region, optional
        Step 7.
    floor_cap : FloorCap, optional
        Step 9.
    budget : Budget, optional
        Step 10.
    rounding : Rounding
        Step 13.
    """

    name: str
    title: str
    title_zh: str
    reference: str
    effective: date
    currency: str = Field(pattern="^[A-Z]{3}$")
    product: Product
    relative_risk: RelativeRisk
    base: Base
    region: Region | None = None
    floor_cap: FloorCap | None = None
    budget: Budget | None = None
    rounding: Rounding

    @model_validator(mode="after")
    def _base_has_its_budget(self) -> Self:
        if self.base.method == "budget" and self.budget is None:
            message = "[base] method 'budget' needs a [budget] block. Add it, or choose another method"
            raise ValueError(message)
        return self

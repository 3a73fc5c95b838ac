"""The rate policy: the product, and the steps from expected cost to a rate, each a dated and referenced block."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from riskkit.errors import PolicyError
from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.rates.blocks import Base, Budget, FloorCap, Region, RelativeRisk, Rounding
from riskkit.rates.modifiers import Modifiers
from riskkit.rates.new_enrollees import NewEnrollees
from riskkit.rates.pooling import Pooling
from riskkit.rates.team_blocks import Affordability, Corridor, TeamCredibility, Withhold

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
PAYERS: Final = ("fund", "member")
"""Who must be named in a payer split, be it with a share of 0."""


class Product(PolicyModel):
    """What the rate buys and who pays it; rates of different scope are never compared.

    Parameters
    ----------
    scope : str
        Name of the scope.
    services : tuple of str
        What the rate pays for.
    payer_split : dict of str to PolicyNumber
        Share of the rate by payer; `fund` and `member` are named, and the shares sum to one.
    """

    scope: Text
    services: tuple[Text, ...] = Field(min_length=1)
    payer_split: dict[Text, PolicyNumber]

    @field_validator("payer_split")
    @classmethod
    def _whole(cls, split: dict[str, PolicyNumber]) -> dict[str, PolicyNumber]:
        absent = [payer for payer in PAYERS if payer not in split]
        if absent:
            message = (
                f"names {', '.join(split) or 'nobody'}, expected {' and '.join(PAYERS)}, with a share of 0 for who "
                f"does not pay. Add {absent[0]}"
            )
            raise ValueError(message)
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
    new_enrollees : NewEnrollees, optional
        Step 2 of members without a history.
    credibility : TeamCredibility, optional
        Step 4, for budgets of teams alone.
    pooling : Pooling, optional
        Step 5.
    base : Base
        Step 6.
    region : Region, optional
        Step 7.
    modifiers : Modifiers, optional
        Step 8.
    floor_cap : FloorCap, optional
        Step 9.
    budget : Budget, optional
        Step 10.
    affordability : Affordability, optional
        What the fund can pay, which step 10 shows or holds to.
    corridor : Corridor, optional
        Step 11, for budgets of teams alone.
    withhold : Withhold, optional
        Step 12, for budgets of teams alone.
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
    new_enrollees: NewEnrollees | None = None
    credibility: TeamCredibility | None = None
    pooling: Pooling | None = None
    base: Base
    region: Region | None = None
    modifiers: Modifiers | None = None
    floor_cap: FloorCap | None = None
    budget: Budget | None = None
    affordability: Affordability | None = None
    corridor: Corridor | None = None
    withhold: Withhold | None = None
    rounding: Rounding

    @model_validator(mode="after")
    def _base_has_its_budget(self) -> Self:
        if self.base.method == "budget" and self.budget is None:
            message = "[base] method 'budget' needs a [budget] block. Add it, or choose another method"
            raise ValueError(message)
        scales = self.affordability is not None and self.affordability.on_shortfall == "scale"
        if scales and self.budget is None:
            message = "[affordability] on_shortfall 'scale' needs a [budget] block to scale. Add it, or show alone"
            raise ValueError(message)
        if self.new_enrollees is not None and self.relative_risk.method != "individual":
            message = "[new_enrollees] is for method 'individual': a tier or a flat rate needs no table. Remove it"
            raise ValueError(message)
        return self

    @property
    def columns(self) -> list[str]:
        """Columns of the members that the blocks use, beside keys, expected cost and exposure."""
        return [
            *(["risk_tier"] if self.relative_risk.uses_tier else []),
            *(self.new_enrollees.columns if self.new_enrollees else []),
            *(["region"] if self.region else []),
            *(self.modifiers.columns if self.modifiers else []),
        ]


def require_same_product(first: RatePolicy, second: RatePolicy) -> None:
    """Refuse to set rates of different products side by side.

    Parameters
    ----------
    first, second : RatePolicy
        The policies.

    Raises
    ------
    PolicyError
        If scope, services or currency differ: 240, 1,200 and 15,000 a year price different things.

    References
    ----------
    .. [1] POLICY_RULES contradiction 1.
    """
    pairs = (
        ("scope", first.product.scope, second.product.scope),
        ("services", sorted(first.product.services), sorted(second.product.services)),
        ("currency", first.currency, second.currency),
    )
    for what, ours, theirs in pairs:
        if ours != theirs:
            message = (
                f"rate policies {first.name!r} and {second.name!r} [product] {what}: found {ours!r} and {theirs!r}, "
                "expected the same. Rates of different products are never compared; give policies of one product."
            )
            raise PolicyError(message)

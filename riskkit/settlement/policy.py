"""The settlement policy: who gets a surplus, who bears an overspend, what is withheld, paid for results, handed on."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.settlement.blocks import Band, Cap, Cause, Complement, MinimumRate, QualityScale, require_fraction
from riskkit.settlement.bonus_blocks import Bonus
from riskkit.settlement.cost_blocks import Completion, StopLoss
from riskkit.settlement.joiners import Joiners


class Side(PolicyModel):
    """One side of the difference between prepaid and actual.

    Parameters
    ----------
    measure : {"fraction_of_prepaid", "currency"}
        What the bands' ends count.
    minimum : MinimumRate, optional
        The cliff below which nothing is shared. A deductible is no cliff: it is a first band with share 0.
    bands : tuple of Band
        Marginal bands, ends rising, the last one open.
    caps : tuple of Cap
        The lowest that applies holds.
    """

    measure: Literal["fraction_of_prepaid", "currency"] = "fraction_of_prepaid"
    minimum: MinimumRate | None = None
    bands: tuple[Band, ...] = Field(min_length=1)
    caps: tuple[Cap, ...] = ()

    @field_validator("bands")
    @classmethod
    def _rising(cls, bands: tuple[Band, ...]) -> tuple[Band, ...]:
        ends = [band.upto.value for band in bands[:-1] if band.upto is not None]
        if len(ends) < len(bands) - 1 or bands[-1].upto is not None or ends != sorted({end for end in ends if end > 0}):
            message = (
                "each band but the last needs an upto above the one before, and the last has none. Correct the bands"
            )
            raise ValueError(message)
        return bands


class Surplus(Side):
    """What becomes of a surplus; what the team does not get returns to the fund.

    Parameters
    ----------
    quality : QualityScale, optional
        Fraction of the bands' result that the quality score earns; without it quality plays no part. A share in the
        contract itself (`share_rate`) takes the place of bands and quality.
    """

    quality: QualityScale | None = None


class Overspend(Side):
    """Who bears an overspend; without a cause the team bears its bands' share and the fund the rest.

    Parameters
    ----------
    complement : Complement, optional
        The share is one less the share of savings in the place of the bands' own.
    causes : dict of str to Cause
        Who bears it by reason code, in the place of the bands.
    """

    complement: Complement | None = None
    causes: dict[str, Cause] = Field(default_factory=dict)


class Terms(PolicyModel):
    """The two sides; one that is absent leaves its difference with the fund.

    Parameters
    ----------
    surplus : Surplus, optional
        What becomes of a surplus.
    overspend : Overspend, optional
        Who bears an overspend.
    """

    surplus: Surplus | None = None
    overspend: Overspend | None = None


class Holding(PolicyModel):
    """Who holds the money of the year until it is settled, and so what the settlement moves.

    Parameters
    ----------
    funds : {"prepaid", "fee_for_service"}
        The team holds what was prepaid and pays the cost, so that it returns its part of a surplus or is topped up; or
        the fund pays the claims, so that the team is paid what it retains or owes what it bears.
    """

    funds: Literal["prepaid", "fee_for_service"]


class Withhold(PolicyModel):
    """A part of what was prepaid that is kept until results are known.

    Parameters
    ----------
    rate : PolicyNumber
        Fraction of what was prepaid.
    full_score : PolicyNumber
        Quality score at which all of it is released; below, in proportion.
    """

    rate: PolicyNumber
    full_score: PolicyNumber

    @field_validator("rate")
    @classmethod
    def _fraction(cls, rate: PolicyNumber) -> PolicyNumber:
        return require_fraction(rate, "rate")


class Actual(PolicyModel):
    """Which money of the year's claims the teams answer for.

    Parameters
    ----------
    amount : {"allowed_amount", "paid_amount"}
        Fund and member together, or the fund alone.
    pool_share : PolicyNumber
        Fraction of it that the pool pays for; it must be the one that the rates were fitted to.
    fitted_share : PolicyNumber, optional
        Fraction of the expected cost that the rates' budget is, where it is meant to be another than `pool_share`.
    """

    amount: Literal["allowed_amount", "paid_amount"]
    pool_share: PolicyNumber
    fitted_share: PolicyNumber | None = None

    @field_validator("pool_share")
    @classmethod
    def _fraction(cls, share: PolicyNumber) -> PolicyNumber:
        return require_fraction(share, "pool_share")

    @field_validator("fitted_share")
    @classmethod
    def _above_zero(cls, share: PolicyNumber) -> PolicyNumber:
        if not share.value > 0:
            message = f"must be above 0, got {share.value}. Correct the fraction"
            raise ValueError(message)
        return share


class Noise(PolicyModel):
    """What is said of the luck of small panels.

    Parameters
    ----------
    thin_below : PolicyNumber
        A panel of fewer lives is marked as thin.
    """

    thin_below: PolicyNumber


class Distribution(PolicyModel):
    """How what a team retains is handed on to its institutions, and for what.

    Parameters
    ----------
    weights : dict of str to PolicyNumber
        Weight by column of the institutions (such as `role`, `volume`, `quality`); they sum to one.
    uses : dict of str to PolicyNumber
        Fraction of the retained sum by use; what is not listed stays free.
    """

    weights: dict[str, PolicyNumber] = Field(min_length=1)
    uses: dict[str, PolicyNumber] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = sum(weight.value for weight in self.weights.values())
        if min(weight.value for weight in self.weights.values()) < 0 or abs(total - 1) > 1e-9:
            message = f"weights must be at least 0 and sum to 1, got {total}. Correct the weights"
            raise ValueError(message)
        if sum(use.value for use in self.uses.values()) > 1 + 1e-9:
            message = "uses must sum to at most 1. Correct the fractions"
            raise ValueError(message)
        return self


class SettlementPolicy(PolicyModel):
    """A settlement policy as written in ``models/settlement/*.toml``; an absent block is a rule that is not made.

    Parameters
    ----------
    name, title, title_zh, reference : str
        The policy's name, its name for a reader, and where it comes from.
    effective : datetime.date
        First day on which it holds.
    currency : str
        Three-letter code of every amount.
    minor_unit : PolicyNumber
        The smallest amount that is settled, in currency.
    contract : Holding
        Who holds the money; the team, where the policy does not say.
    terms : Terms, optional
        The sides of the difference, for every team.
    tracks : dict of str to Terms
        The sides by the contract's `track`, in the place of `terms`.
    sequestration : tuple of PolicyNumber
        Fraction taken off what was earned, before the caps, each from its `effective` on; a performance year takes the
        mean of its months.
    joiners : Joiners, optional
        How members who join within the year are prepaid; without it their claims stand in an account of their own.
    actual, noise, withhold, stop_loss, completion, distribution : optional
        See their classes.
    scorecard : str, optional
        Scorecard file, relative to the policy's own, that gives the quality of a year that is settled from claims.
    unscored : {"refuse", "pool_mean"}, default "refuse"
        What happens to a team that the scorecard cannot score: the settlement is refused, or the team counts as the
        mean of the others, by lives.
    bonuses : dict of str to Bonus
        Payments for results.
    """

    name: str
    title: str
    title_zh: str
    reference: str
    effective: date
    currency: str = Field(pattern="^[A-Z]{3}$")
    minor_unit: PolicyNumber
    contract: Holding = Holding(funds="prepaid")
    terms: Terms | None = None
    tracks: dict[str, Terms] = Field(default_factory=dict)
    sequestration: tuple[PolicyNumber, ...] = ()
    joiners: Joiners | None = None
    actual: Actual | None = None
    noise: Noise | None = None
    scorecard: str | None = None
    unscored: Literal["refuse", "pool_mean"] = "refuse"
    withhold: Withhold | None = None
    stop_loss: StopLoss | None = None
    completion: Completion | None = None
    distribution: Distribution | None = None
    bonuses: dict[str, Bonus] = Field(default_factory=dict)

    @field_validator("minor_unit")
    @classmethod
    def _whole_parts(cls, unit: PolicyNumber) -> PolicyNumber:
        if not (0 < unit.value <= 1 and abs(1 / unit.value - round(1 / unit.value)) < 1e-9):
            message = f"must divide one currency unit into whole parts, got {unit.value}. Give 0.01 for cents"
            raise ValueError(message)
        return unit

    @field_validator("sequestration")
    @classmethod
    def _dated_fractions(cls, steps: tuple[PolicyNumber, ...]) -> tuple[PolicyNumber, ...]:
        days = [step.effective for step in steps]
        if days != sorted(set(days)):
            message = f"the days must rise, got {', '.join(map(str, days))}. Sort the steps"
            raise ValueError(message)
        return tuple(require_fraction(step, "sequestration") for step in steps)

    @model_validator(mode="after")
    def _one_set_of_terms(self) -> Self:
        if self.terms is not None and self.tracks:
            message = "give either [terms] or [tracks]. Remove one of them"
            raise ValueError(message)
        return self

    @property
    def counted_share(self) -> float:
        """Fraction of the claims that counts; all of it where the policy does not say."""
        return self.actual.pool_share.value if self.actual else 1.0

    @property
    def per_currency_unit(self) -> int:
        """Minor units in one currency unit."""
        return round(1 / self.minor_unit.value)

"""The steps of a rate policy as blocks: relativity, base and trend, region, floor and cap, budget, rounding."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber


class RelativeRisk(PolicyModel):
    """How expected cost becomes a relativity (steps 2 and 3).

    Parameters
    ----------
    method : {"individual", "tier_mean", "tier_table", "flat"}
        The member's own relative score, the mean score of the member's tier, the number that the policy writes for the
        tier, or one for everybody.
    tiers : dict of str to PolicyNumber, optional
        Relativity by tier; with method `tier_table` alone.
    normalization : PolicyNumber, optional
        A published normalisation factor; the mean of the reference population where absent.
    coding_factor : PolicyNumber, optional
        Fraction taken off every score for coding intensity.
    decimals : PolicyNumber, optional
        Decimals to which a score is rounded (half-even) after normalisation and again after the coding factor.
    """

    method: Literal["individual", "tier_mean", "tier_table", "flat"]
    tiers: dict[str, PolicyNumber] = Field(default_factory=dict)
    normalization: PolicyNumber | None = None
    coding_factor: PolicyNumber | None = None
    decimals: PolicyNumber | None = None

    @model_validator(mode="after")
    def _table_where_it_belongs(self) -> Self:
        if (self.method == "tier_table") != bool(self.tiers):
            message = f"tiers go with method 'tier_table' and only there, got method {self.method!r}. Correct one"
            raise ValueError(message)
        numbers = [*self.tiers.values(), *([self.normalization] if self.normalization else [])]
        wrong = [number.value for number in numbers if not number.value > 0]
        if wrong:
            message = f"tiers and normalization must be above 0, got {wrong[0]}. Correct the value"
            raise ValueError(message)
        return self

    @property
    def uses_tier(self) -> bool:
        """Whether the relativity is that of the member's tier."""
        return self.method in {"tier_mean", "tier_table"}

    @field_validator("coding_factor")
    @classmethod
    def _fraction(cls, factor: PolicyNumber | None) -> PolicyNumber | None:
        if factor is not None and not 0 <= factor.value < 1:
            message = f"must be at least 0 and less than 1, got {factor.value}. Give a fraction"
            raise ValueError(message)
        return factor

    @field_validator("decimals")
    @classmethod
    def _whole_number(cls, decimals: PolicyNumber | None) -> PolicyNumber | None:
        if decimals is not None and decimals.value not in range(16):
            message = f"must be a whole number from 0 to 15, got {decimals.value}. Correct the value"
            raise ValueError(message)
        return decimals


class Trend(PolicyModel):
    """Cost trend from the year of the base to the year of the rate.

    Parameters
    ----------
    annual : PolicyNumber
        Growth a year, as a fraction.
    months : PolicyNumber
        Months between the middles of both years.
    """

    annual: PolicyNumber
    months: PolicyNumber

    @field_validator("annual")
    @classmethod
    def _above_minus_one(cls, annual: PolicyNumber) -> PolicyNumber:
        if not annual.value > -1:
            message = f"must be above -1, got {annual.value}. Give a fraction such as 0.05"
            raise ValueError(message)
        return annual

    @property
    def factor(self) -> float:
        """The growth over `months`."""
        return float((1 + self.annual.value) ** (self.months.value / 12))


class Base(PolicyModel):
    """The amount that a relativity of one is worth, per member year (step 6).

    Parameters
    ----------
    method : {"amount", "reference_cost", "budget"}
        A policy number, the mean expected cost of the reference population, or the budget spread over its relativities.
    amount : PolicyNumber, optional
        Currency per member year; with method `amount` alone.
    completion : PolicyNumber, optional
        Share of the base year's cost that had been reported when the base was taken; the base is divided by it.
    trend : Trend, optional
        Not with method `budget`, which is already money of the rate year.
    load : PolicyNumber, optional
        Non-claim load as a fraction of the trended base.
    """

    method: Literal["amount", "reference_cost", "budget"]
    amount: PolicyNumber | None = None
    completion: PolicyNumber | None = None
    trend: Trend | None = None
    load: PolicyNumber | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.method == "amount") != (self.amount is not None):
            message = (
                f"amount goes with method 'amount' and only there, got method {self.method!r}. Correct one of them"
            )
            raise ValueError(message)
        if self.amount is not None and not self.amount.value > 0:
            message = f"amount must be above 0, got {self.amount.value}. Correct the value"
            raise ValueError(message)
        if self.method == "budget" and (self.trend or self.completion or self.load):
            message = "a base from the budget is already money of the rate year. Remove trend, completion and load"
            raise ValueError(message)
        if self.completion is not None and not 0 < self.completion.value <= 1:
            message = f"completion must be above 0 and at most 1, got {self.completion.value}. Give the share reported"
            raise ValueError(message)
        if self.load is not None and not 0 <= self.load.value < 1:
            message = f"load must be at least 0 and less than 1, got {self.load.value}. Give a fraction"
            raise ValueError(message)
        return self

    @property
    def factor(self) -> float:
        """What completion, trend and load together make of the base."""
        completion = 1.0 if self.completion is None else self.completion.value
        trend = 1.0 if self.trend is None else self.trend.factor
        return trend * (1 + (0.0 if self.load is None else self.load.value)) / completion


class Region(PolicyModel):
    """Region factors (step 7).

    Parameters
    ----------
    renormalise : bool
        True divides by the mean factor of the reference population, weighted by relativity and member months, so that
        the factors move money between regions and add none.
    factors : dict of str to PolicyNumber
        Factor by region.
    """

    renormalise: bool
    factors: dict[str, PolicyNumber] = Field(min_length=1)

    @field_validator("factors")
    @classmethod
    def _positive(cls, factors: dict[str, PolicyNumber]) -> dict[str, PolicyNumber]:
        for region, factor in factors.items():
            if not factor.value > 0:
                message = f"the factor of {region!r} must be above 0, got {factor.value}. Correct the value"
                raise ValueError(message)
        return factors


class FloorCap(PolicyModel):
    """The lowest and highest rate, as multiples of the base (step 9).

    Parameters
    ----------
    floor, cap : PolicyNumber
        Multiples of the trended base.
    """

    floor: PolicyNumber
    cap: PolicyNumber

    @field_validator("cap")
    @classmethod
    def _above_floor(cls, cap: PolicyNumber, info: ValidationInfo) -> PolicyNumber:
        floor = info.data.get("floor")
        if floor is not None and not 0 <= floor.value < cap.value:
            message = f"cap must be above floor, got cap={cap.value}, floor={floor.value}. Correct one of them"
            raise ValueError(message)
        return cap


class Budget(PolicyModel):
    """What the rates of the reference population may sum to (step 10).

    Parameters
    ----------
    basis : {"total", "per_member_year", "per_member_month", "expected_cost"}
        What `number` counts: currency in all, currency per member year or month, or a share of the reference
        population's expected cost, at most 1.
    number : PolicyNumber
        The amount or the share.
    """

    basis: Literal["total", "per_member_year", "per_member_month", "expected_cost"]
    number: PolicyNumber

    @field_validator("number")
    @classmethod
    def _positive(cls, number: PolicyNumber) -> PolicyNumber:
        if not 0 < number.value < float("inf"):
            message = f"must be above 0, got {number.value}. Correct the value"
            raise ValueError(message)
        return number

    @model_validator(mode="after")
    def _share_of_the_cost(self) -> Self:
        if self.basis == "expected_cost" and self.number.value > 1:
            message = (
                f"number is a share of the expected cost, got {self.number.value:g}, expected at most 1. Write "
                "it as a fraction, such as 0.4 for 40%"
            )
            raise ValueError(message)
        return self


class Rounding(PolicyModel):
    """How a rate becomes an integer number of minor units (step 13).

    Parameters
    ----------
    method : {"half_even"}
        To the nearest minor unit, halves to the even one.
    minor_unit : PolicyNumber
        The minor unit in currency, such as 0.01.
    most_move : PolicyNumber, optional
        Fraction of a rate by which it may move so that a table of few rates ties to its budget; 0 for none.
    """

    method: Literal["half_even"]
    minor_unit: PolicyNumber
    most_move: PolicyNumber | None = None

    @field_validator("minor_unit")
    @classmethod
    def _whole_parts(cls, unit: PolicyNumber) -> PolicyNumber:
        if not (0 < unit.value <= 1 and abs(1 / unit.value - round(1 / unit.value)) < 1e-9):
            message = f"must divide one currency unit into whole parts, got {unit.value}. Give 0.01 for cents"
            raise ValueError(message)
        return unit

    @field_validator("most_move")
    @classmethod
    def _small(cls, move: PolicyNumber | None) -> PolicyNumber | None:
        if move is not None and not 0 <= move.value <= 0.01:
            message = (
                f"must be at least 0 and at most 0.01, got {move.value}. A tie is no change of the rate: give less"
            )
            raise ValueError(message)
        return move

    @property
    def per_currency_unit(self) -> int:
        """Minor units in one currency unit."""
        return round(1 / self.minor_unit.value)

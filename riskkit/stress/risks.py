"""The blocks of a stress policy on cost: how claims scatter, trend, shocks, and changes of use and of prices."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from riskkit.policy import PolicyModel
from riskkit.stress.numbers import Change, NotNegative, Positive, Share


class Claims(PolicyModel):
    """How claims scatter around their means.

    Parameters
    ----------
    body : {"gamma", "lognormal"}
        Distribution of a claim of the body.
    dispersion : Positive, optional
        Shape of the gamma mixture over the claims of a member: the variance of their number is
        ``mean + mean**2 / dispersion`` (negative binomial). Without it the number is Poisson.
    threshold : Positive
        Where large claims begin (currency, base year).
    tail_index : Positive
        Index of the Pareto distribution of large claims; the smaller, the heavier.
    largest : Positive
        The largest claim there can be (currency, base year), such as the ceiling of the scheme.
    """

    body: Literal["gamma", "lognormal"]
    dispersion: Positive | None = None
    threshold: Positive
    tail_index: Positive
    largest: Positive

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.largest.value <= self.threshold.value:
            message = (
                f"largest must be above threshold, got largest={self.largest.value}, "
                f"threshold={self.threshold.value}. Correct one of them"
            )
            raise ValueError(message)
        return self


class Trend(PolicyModel):
    """The trend of cost per claim, one for all teams: factor ``(1 + mean) * (1 + sd * z)`` each year, z normal.

    Parameters
    ----------
    mean : Change
        Expected trend a year (fraction).
    sd : NotNegative
        Standard deviation of the trend, relative to ``1 + mean``.
    """

    mean: Change
    sd: NotNegative


class Shock(PolicyModel):
    """A catastrophe or epidemic: in a year of shock all members claim more often, large claims too.

    Parameters
    ----------
    probability : Share
        Probability of a shock, each year anew.
    size : Change
        Mean relative rise of the number of claims in a year of shock.
    size_sd : NotNegative
        Standard deviation of the rise between shocks.
    """

    probability: Share
    size: Change
    size_sd: NotNegative


class Effect(PolicyModel):
    """A change of the number of claims, in force from a year on.

    Parameters
    ----------
    name : str
        What brings it about.
    change : Change
        Relative change of the claims concerned, when in full force.
    share : Share
        Share of the expected claims that it concerns.
    first_year : int
        Projection year in which it begins, from 1.
    phase_in_years : int, default 1
        Years until it is in full force, in equal steps.
    """

    name: str
    change: Change
    share: Share
    first_year: int = Field(ge=1)
    phase_in_years: int = Field(default=1, ge=1)


class Price(PolicyModel):
    """A change of the price of one item, with the use that goes with it.

    Parameters
    ----------
    name : str
        The item.
    before, after : NotNegative
        Price of one unit (currency).
    users_before, users_after : NotNegative
        Units per member and year before and after; part of the body's cost.
    first_year : int
        Projection year from which the new price holds, from 1.
    """

    name: str
    before: NotNegative
    after: NotNegative
    users_before: NotNegative
    users_after: NotNegative
    first_year: int = Field(ge=1)

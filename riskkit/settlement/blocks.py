"""The blocks of a settlement policy that share a difference: bands, minimum rate, quality scale, caps, causes."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber


class Band(PolicyModel):
    """One marginal band of a difference.

    Parameters
    ----------
    upto : PolicyNumber, optional
        Where the band ends; the last band is open.
    team_share : PolicyNumber
        The team's fraction of the part of the difference that lies in the band.
    """

    upto: PolicyNumber | None = None
    team_share: PolicyNumber

    @field_validator("team_share")
    @classmethod
    def _fraction(cls, share: PolicyNumber) -> PolicyNumber:
        return require_fraction(share, "team_share")


class LivesPoint(PolicyModel):
    """The minimum rate at a number of lives; between two points it is interpolated.

    Parameters
    ----------
    lives : PolicyNumber
        Number of lives.
    rate : PolicyNumber
        Minimum rate there, as a fraction of what was prepaid.
    """

    lives: PolicyNumber
    rate: PolicyNumber


class MinimumRate(PolicyModel):
    """A cliff: below it nothing is shared, from it on the whole difference is, from the first unit.

    A rate in the contract itself (`minimum_rate`) goes before both ways of writing one here.

    Parameters
    ----------
    rate : PolicyNumber, optional
        One rate for every team, as a fraction of what was prepaid.
    by_lives : tuple of LivesPoint
        Rate by number of lives, in rising order.
    """

    rate: PolicyNumber | None = None
    by_lives: tuple[LivesPoint, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.rate is None) == (not self.by_lives):
            message = "give either rate or by_lives. Correct the block"
            raise ValueError(message)
        lives = [point.lives.value for point in self.by_lives]
        if lives != sorted(set(lives)):
            message = f"by_lives must rise, got {lives}. Sort the points"
            raise ValueError(message)
        return self


class ScalePoint(PolicyModel):
    """What a score is worth.

    Parameters
    ----------
    score : PolicyNumber
        A quality score.
    value : PolicyNumber
        The fraction at that score; between two points it is interpolated, outside it stays at the nearest.
    """

    score: PolicyNumber
    value: PolicyNumber


class QualityScale(PolicyModel):
    """From a quality score to a fraction, behind a gate.

    Parameters
    ----------
    gate : PolicyNumber, optional
        Below this score the fraction is 0.
    points : tuple of ScalePoint
        At least one, scores in rising order.
    """

    gate: PolicyNumber | None = None
    points: tuple[ScalePoint, ...] = Field(min_length=1)

    @field_validator("points")
    @classmethod
    def _rising(cls, points: tuple[ScalePoint, ...]) -> tuple[ScalePoint, ...]:
        scores = [point.score.value for point in points]
        if scores != sorted(set(scores)):
            message = f"the scores must rise, got {scores}. Sort the points"
            raise ValueError(message)
        return points


class Cap(PolicyModel):
    """The most that a team gains or bears.

    Parameters
    ----------
    of : {"prepaid", "revenue"}
        What the limit is a fraction of. A limit on revenue holds where the contract states the revenue.
    limit : PolicyNumber
        The fraction.
    from_agreement_year : int, optional
        First year of the agreement in which this limit takes the place of an earlier one.
    """

    of: Literal["prepaid", "revenue"]
    limit: PolicyNumber
    from_agreement_year: int | None = Field(default=None, ge=1)

    @field_validator("limit")
    @classmethod
    def _positive(cls, limit: PolicyNumber) -> PolicyNumber:
        if not limit.value > 0:
            message = f"must be above 0, got {limit.value}. Correct the value"
            raise ValueError(message)
        return limit


class Complement(PolicyModel):
    """A share of losses that is one less the share of savings, between bounds.

    Parameters
    ----------
    floor, ceiling : PolicyNumber
        The lowest and the highest share.
    """

    floor: PolicyNumber
    ceiling: PolicyNumber

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= self.floor.value <= self.ceiling.value <= 1:
            found = f"{self.floor.value}, {self.ceiling.value}"
            message = f"floor and ceiling must lie in 0 to 1 in this order, got {found}. Correct one of them"
            raise ValueError(message)
        return self


class Cause(PolicyModel):
    """Who bears an overspend with this cause; what is not listed stays with the team.

    Parameters
    ----------
    payers : dict of str to PolicyNumber
        Fraction by payer, such as `fund` and `treasury`.
    """

    payers: dict[str, PolicyNumber] = Field(min_length=1)

    @field_validator("payers")
    @classmethod
    def _at_most_whole(cls, payers: dict[str, PolicyNumber]) -> dict[str, PolicyNumber]:
        if "team" in payers:
            message = "the team bears what the others do not. Remove 'team' from the payers"
            raise ValueError(message)
        for payer, share in payers.items():
            require_fraction(share, payer)
        total = sum(share.value for share in payers.values())
        if total > 1 + 1e-9:
            message = f"the payers' fractions must sum to at most 1, got {total}. Correct the fractions"
            raise ValueError(message)
        return payers


def require_fraction(number: PolicyNumber, name: str) -> PolicyNumber:
    """Refuse a number outside of 0 to 1.

    Parameters
    ----------
    number : PolicyNumber
        The number.
    name : str
        Its key.

    Returns
    -------
    PolicyNumber
        The same number.

    Raises
    ------
    ValueError
        If it is no fraction.
    """
    if not 0 <= number.value <= 1:
        message = f"{name} must lie in 0 to 1, got {number.value}. Give a fraction"
        raise ValueError(message)
    return number

"""The blocks of a stress policy on people: tiers, teams, who comes and leaves, and moves between the tiers."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.stress.numbers import NotNegative, Positive, Share


class StressTier(PolicyModel):
    """One tier: how its members claim, and what their team is paid for them.

    Parameters
    ----------
    name, title, title_zh : str
        Name in every table, and names for a reader.
    relative_risk : Positive
        Risk against that of the average member, for the odds of leaving.
    frequency : NotNegative
        Expected claims of the body (claims per member year).
    claim_mean : Positive
        Mean claim of the body (currency).
    claim_cv : NotNegative
        Coefficient of variation of a claim of the body.
    large_claims : NotNegative
        Expected claims above the threshold (claims per member year), beside the body.
    rate : NotNegative
        Prepaid to the team (currency per member year), base year.
    """

    name: str = Field(min_length=1)
    title: str
    title_zh: str
    relative_risk: Positive
    frequency: NotNegative
    claim_mean: Positive
    claim_cv: NotNegative
    large_claims: NotNegative
    rate: NotNegative


class Team(PolicyModel):
    """One team and its members by tier.

    Parameters
    ----------
    name : str
        The team's name.
    members : tuple of int
        Members at the start, one figure per tier in the order of the tiers.
    """

    name: str = Field(min_length=1)
    members: tuple[int, ...]

    @field_validator("members")
    @classmethod
    def _counted(cls, members: tuple[int, ...]) -> tuple[int, ...]:
        if min(members, default=-1) < 0:
            message = f"members must be counts of at least 0, got {list(members)}. Correct the counts"
            raise ValueError(message)
        return members


class Portfolio(PolicyModel):
    """The teams and their members at the start; one unit, reference and date for all counts.

    Parameters
    ----------
    unit, reference : str
        Of every count.
    effective : datetime.date
        The day of the counts.
    teams : tuple of Team
        Each named once.
    """

    unit: str = Field(min_length=1)
    reference: str = Field(min_length=1)
    effective: date
    teams: tuple[Team, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        names = [team.name for team in self.teams]
        if len(set(names)) < len(names):
            message = "each team must be named once. Correct the names"
            raise ValueError(message)
        if not any(sum(team.members) for team in self.teams):
            message = "the teams have no members. Give at least one"
            raise ValueError(message)
        return self


class Enrolment(PolicyModel):
    """Who comes and who leaves at the turn of a year.

    The odds of leaving are ``p / (1 - p) * exp(-selection * (r - 1))`` at relative risk `r`: with `selection` above 0
    the healthy leave first.

    Parameters
    ----------
    leave : Share
        Probability of leaving within a year, of a member of relative risk 1.
    selection : PolicyNumber
        How much the log odds of leaving fall per unit of relative risk.
    enter : NotNegative
        Expected new members of a team, as a fraction of its members.
    enter_mix : tuple of Share
        Tiers of new members; the shares sum to one.
    """

    leave: Share
    selection: PolicyNumber
    enter: NotNegative
    enter_mix: tuple[Share, ...]

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.leave.value >= 1:
            message = f"leave must be below 1, got {self.leave.value}. Give a fraction"
            raise ValueError(message)
        shares = [share.value for share in self.enter_mix]
        if abs(sum(shares) - 1) > 1e-9:
            message = f"enter_mix must sum to 1, got {shares}. Correct the shares"
            raise ValueError(message)
        return self


class Migration(PolicyModel):
    """Where members who stay are a year later: a Markov chain over the tiers.

    Parameters
    ----------
    unit, reference : str
        Of every probability.
    effective : datetime.date
        First day on which the matrix holds.
    matrix : tuple of tuple of float
        One row per tier of departure, one column per tier of arrival; rows sum to one.
    """

    unit: str = Field(min_length=1)
    reference: str = Field(min_length=1)
    effective: date
    matrix: tuple[tuple[float, ...], ...]

    @field_validator("matrix")
    @classmethod
    def _stochastic(cls, matrix: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        for at, row in enumerate(matrix, start=1):
            if len(row) != len(matrix) or min(row, default=-1.0) < 0 or abs(sum(row) - 1) > 1e-9:
                message = (
                    f"row {at} must hold {len(matrix)} probabilities that sum to 1, got {list(row)}. Correct the row"
                )
                raise ValueError(message)
        return matrix

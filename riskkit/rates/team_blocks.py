"""The blocks that speak of whole teams or of the whole fund: credibility, corridor, withhold, affordability."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber


class TeamCredibility(PolicyModel):
    """How far a team's own experience moves its budget (step 4).

    Parameters
    ----------
    level : {"team"}
        Credibility is for budgets: blending own cost into a member's rate would reward inefficiency.
    """

    level: str

    @field_validator("level")
    @classmethod
    def _teams_alone(cls, level: str) -> str:
        if level != "team":
            message = (
                f"must be 'team', got {level!r}. Own experience in a member's rate rewards inefficiency; "
                "let it move budgets of teams, or remove the block"
            )
            raise ValueError(message)
        return level


class Corridor(PolicyModel):
    """How far the amount per member year of a team may move from one year to the next (step 11).

    Parameters
    ----------
    level : {"team"}
        Corridors on members break monotony: targets of 8,000 (last year 3,000) and 7,000 (9,000) become 3,300 and
        8,100, and the sicker member is the cheaper one.
    down, up : PolicyNumber
        Largest fall and rise as fractions.
    """

    level: str
    down: PolicyNumber
    up: PolicyNumber

    @field_validator("level")
    @classmethod
    def _teams_alone(cls, level: str) -> str:
        if level != "team":
            message = (
                f"must be 'team', got {level!r}. A corridor on members can make the sicker one cheaper; "
                "hold teams to it, or remove the block"
            )
            raise ValueError(message)
        return level

    @model_validator(mode="after")
    def _fractions(self) -> Self:
        if not (0 <= self.down.value < 1 and self.up.value >= 0):
            message = f"down must be in [0, 1) and up at least 0, got {self.down.value}, {self.up.value}. Correct them"
            raise ValueError(message)
        return self


class Withhold(PolicyModel):
    """What is held back of a team's budget until its performance is known (step 12).

    Parameters
    ----------
    share : PolicyNumber
        Fraction of the budget.
    released_by : str
        The scorecard that releases it.
    """

    share: PolicyNumber
    released_by: str

    @field_validator("share")
    @classmethod
    def _fraction(cls, share: PolicyNumber) -> PolicyNumber:
        if not 0 <= share.value < 1:
            message = f"must be at least 0 and less than 1, got {share.value}. Give a fraction"
            raise ValueError(message)
        return share


class Affordability(PolicyModel):
    """What the fund can pay: a share of its funding, and a line for growth; the smaller of the two holds.

    Parameters
    ----------
    funding : PolicyNumber, optional
        Funding per member year in currency; with `share`.
    share : PolicyNumber, optional
        The part of it that may go into the rates.
    prior : PolicyNumber, optional
        Rate per member year of the year before in currency; with `growth`.
    growth : PolicyNumber, optional
        Largest growth as a fraction.
    on_shortfall : {"show", "scale"}
        Keep the budget and show what is missing, or scale the rates down to what is there and show what was cut.
    """

    funding: PolicyNumber | None = None
    share: PolicyNumber | None = None
    prior: PolicyNumber | None = None
    growth: PolicyNumber | None = None
    on_shortfall: Literal["show", "scale"]

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        whole = (self.funding is None) == (self.share is None) and (self.prior is None) == (self.growth is None)
        if not whole or (self.funding is None and self.prior is None):
            message = "needs funding with share, prior with growth, or all four. Add what is missing"
            raise ValueError(message)
        wrong = [one for one in (self.funding, self.share, self.prior) if one is not None and not one.value > 0]
        if wrong or (self.growth is not None and not self.growth.value > -1):
            message = "funding, share and prior must be above 0 and growth above -1. Correct the value"
            raise ValueError(message)
        return self

    @property
    def most_per_member_year(self) -> float:
        """The most that a member year may cost, in currency."""
        limits = []
        if self.funding is not None and self.share is not None:
            limits.append(self.funding.value * self.share.value)
        if self.prior is not None and self.growth is not None:
            limits.append(self.prior.value * (1 + self.growth.value))
        return min(limits)

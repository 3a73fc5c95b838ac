"""The scorecard: indicators with points, targets, dimension and assessor; outcomes weigh at least what the law asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber

LEAST_OUTCOME_SHARE: Final = 0.5
LEAST_DENOMINATOR: Final = 30
"""Floors of METHODS 7: outcome weights of half or more, denominators of 30 and more."""


class AgeTarget(PolicyModel):
    """The limit of a laboratory value from an age on.

    Parameters
    ----------
    from_age : PolicyNumber
        Youngest age (years) at the year's start.
    below : PolicyNumber
        The member is controlled below this value.
    """

    from_age: PolicyNumber
    below: PolicyNumber


class Control(PolicyModel):
    """Share of members whose latest value of an analyte in the year is below the target of their age.

    Parameters
    ----------
    kind : {"control"}
        Which measure this is.
    analyte : str
        Analyte of `lab_result`.
    targets : tuple of AgeTarget
        In rising order of age, the first from birth.
    untested : {"missed", "left_out"}
        Whether a member without a value counts as not controlled, so that not testing does not pay, or not at all.
    """

    kind: Literal["control"]
    analyte: str
    targets: tuple[AgeTarget, ...] = Field(min_length=1)
    untested: Literal["missed", "left_out"]


class CareCount(PolicyModel):
    """Share of members with at least so many services of a kind in the year.

    Parameters
    ----------
    kind : {"care"}
        Which measure this is.
    event : str
        Kind of `care_event`.
    times : PolicyNumber
        So many.
    """

    kind: Literal["care"]
    event: str
    times: PolicyNumber


class TestCount(PolicyModel):
    """Share of members with at least so many values of an analyte in the year.

    Parameters
    ----------
    kind : {"test"}
        Which measure this is.
    analyte : str
        Analyte of `lab_result`.
    times : PolicyNumber
        So many.
    """

    kind: Literal["test"]
    analyte: str
    times: PolicyNumber


class AfterDischarge(PolicyModel):
    """Share of discharges followed by a visit, or by an unplanned stay, within so many days.

    Parameters
    ----------
    kind : {"visit_after_discharge", "readmission"}
        Which measure this is.
    days : PolicyNumber
        Within so many days after the day of discharge.
    """

    kind: Literal["visit_after_discharge", "readmission"]
    days: PolicyNumber


class Admission(PolicyModel):
    """Share of members with a stay in the year.

    Parameters
    ----------
    kind : {"admission"}
        Which measure this is.
    """

    kind: Literal["admission"]


class FirstContact(PolicyModel):
    """Share of first contacts that were made at a primary institution.

    A first contact is a day of outpatient or inpatient care before which nothing was sought for so many days. An
    emergency is no choice and so no first contact, but what follows it is none either; of several contacts of one day
    the lowest level counts.

    Parameters
    ----------
    kind : {"first_contact"}
        Which measure this is.
    gap : PolicyNumber
        Days without any contact before it.
    level : PolicyNumber
        Institutions up to this level (1 to 3) are primary.
    """

    kind: Literal["first_contact"]
    gap: PolicyNumber
    level: PolicyNumber


class Reported(PolicyModel):
    """A rate that is reported from outside, such as the satisfaction of a survey.

    Parameters
    ----------
    kind : {"reported"}
        Which measure this is.
    """

    kind: Literal["reported"]


Measure = Annotated[
    Control | CareCount | TestCount | AfterDischarge | Admission | FirstContact | Reported,
    Field(discriminator="kind"),
]


class Indicator(PolicyModel):
    """One line of a scorecard.

    Parameters
    ----------
    title, title_zh : str
        Its name for a reader.
    dimension : {"structure", "process", "outcome"}
        What it speaks of.
    assessor : {"payer", "health_bureau", "patients"}
        Who assesses it.
    points : PolicyNumber
        What it is worth.
    target, floor : PolicyNumber
        The rate that earns all points and the rate that earns none; a target below the floor means lower is better.
    precision : bool
        Whether it is one of precision medicine, whose weight a tilt of the budget asks for.
    measure : Measure
        Numerator and denominator.
    """

    title: str
    title_zh: str
    dimension: Literal["structure", "process", "outcome"]
    assessor: Literal["payer", "health_bureau", "patients"]
    points: PolicyNumber
    target: PolicyNumber
    floor: PolicyNumber
    precision: bool = False
    measure: Measure

    @model_validator(mode="after")
    def _can_be_earned(self) -> Self:
        if self.points.value <= 0 or self.target.value == self.floor.value:
            message = "points must be above 0, and target and floor must differ. Correct the indicator"
            raise ValueError(message)
        return self


class Scorecard(PolicyModel):
    """A scorecard as written in ``models/settlement/scorecards/*.toml``.

    Parameters
    ----------
    name, title, title_zh, reference : str
        The scorecard's name, its name for a reader, and where it comes from.
    effective : datetime.date
        First day on which it holds.
    full_points : PolicyNumber
        What all indicators are worth together.
    least_outcome_share : PolicyNumber
        Outcomes weigh at least this fraction of the points, from a half to all of them.
    least_precision_share : PolicyNumber, optional
        Indicators of precision medicine weigh at least this fraction of the points.
    least_denominator : PolicyNumber
        A team with a smaller denominator is not scored on that indicator; its points go to its others of the
        dimension. It is 30 or more.
    least_days : PolicyNumber
        A member counts if enrolled for so many days of the year.
    small_teams : {"credibility", "wilson"}
        How a rate is drawn to the book, so that luck neither pays nor costs.
    confidence : PolicyNumber
        Coverage of the Wilson intervals.
    indicators : dict of str to Indicator
        The lines.
    """

    name: str
    title: str
    title_zh: str
    reference: str
    effective: date
    full_points: PolicyNumber
    least_outcome_share: PolicyNumber
    least_precision_share: PolicyNumber | None = None
    least_denominator: PolicyNumber
    least_days: PolicyNumber
    small_teams: Literal["credibility", "wilson"]
    confidence: PolicyNumber
    indicators: dict[str, Indicator] = Field(min_length=1)

    @field_validator("least_outcome_share")
    @classmethod
    def _from_a_half(cls, share: PolicyNumber) -> PolicyNumber:
        if not LEAST_OUTCOME_SHARE <= share.value <= 1:
            message = (
                f"least_outcome_share must lie in {LEAST_OUTCOME_SHARE} to 1, got {share.value}: outcomes weigh half "
                "or more (METHODS 7). Correct the share"
            )
            raise ValueError(message)
        return share

    @field_validator("least_denominator")
    @classmethod
    def _not_below_the_least(cls, least: PolicyNumber) -> PolicyNumber:
        if not least.value >= LEAST_DENOMINATOR:
            message = (
                f"least_denominator must be {LEAST_DENOMINATOR} or more, got {least.value:g}: a smaller one pays luck "
                "(METHODS 7). Raise it"
            )
            raise ValueError(message)
        return least

    @model_validator(mode="after")
    def _weights(self) -> Self:
        points = sum(line.points.value for line in self.indicators.values())
        if abs(points - self.full_points.value) > 1e-9:
            message = (
                f"the indicators' points must sum to {self.full_points.value:g}, got {points:g}. Correct the points"
            )
            raise ValueError(message)
        _require_share(self, "outcomes", self.least_outcome_share, lambda line: line.dimension == "outcome")
        if self.least_precision_share is not None:
            _require_share(self, "precision metrics", self.least_precision_share, lambda line: line.precision)
        return self


def _require_share(scorecard: Scorecard, what: str, least: PolicyNumber, chosen: Callable[[Indicator], bool]) -> None:
    """Refuse a scorecard whose chosen indicators weigh less than a fraction of the points."""
    whole = scorecard.full_points.value
    points = sum(line.points.value for line in scorecard.indicators.values() if chosen(line))
    if points < least.value * whole - 1e-9:
        message = (
            f"{what} must weigh at least {least.value:.0%} of the points, got {points / whole:.1%}. Give {what} more "
            "points"
        )
        raise ValueError(message)

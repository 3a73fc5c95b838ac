"""The monitors' policy: what is counted, what confirms it, and from which size on a team is asked about it."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from riskkit.policy import PolicyModel, PolicyNumber


class DemographicWeight(PolicyModel):
    """The weight of an age and sex in the score.

    Parameters
    ----------
    from_age : PolicyNumber
        Youngest age (years).
    female, male : PolicyNumber
        Weights.
    """

    from_age: PolicyNumber
    female: PolicyNumber
    male: PolicyNumber


class Condition(PolicyModel):
    """A coded condition of the score, and what confirms a new code.

    Parameters
    ----------
    weight : PolicyNumber
        What the code adds to the score.
    inpatient : bool
        Whether a diagnosis of a stay confirms it.
    analyte : str, optional
        Analyte whose value confirms it.
    at_least : PolicyNumber, optional
        From this value on.
    """

    weight: PolicyNumber
    inpatient: bool
    analyte: str | None = None
    at_least: PolicyNumber | None = None

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.analyte is None) != (self.at_least is None):
            message = "analyte and at_least go together. Add the other one, or remove it"
            raise ValueError(message)
        return self


class CodingIntensity(PolicyModel):
    """How a team's score grew, and when its coding is asked about.

    Parameters
    ----------
    code_list : str
        List of ``models/codelists/`` whose groups the conditions are.
    conditions : dict of str to Condition
        Conditions by group.
    demographics : tuple of DemographicWeight
        Weights by age and sex, ages rising.
    most_coding : PolicyNumber
        Growth by coding alone that no question is asked about, as a fraction of the score.
    most_growth : PolicyNumber
        Growth of the score that counts, as a fraction.
    """

    code_list: str
    conditions: dict[str, Condition] = Field(min_length=1)
    demographics: tuple[DemographicWeight, ...] = Field(min_length=1)
    most_coding: PolicyNumber
    most_growth: PolicyNumber


class SplitStays(PolicyModel):
    """Which pairs of stays look like one that was split.

    Parameters
    ----------
    days : PolicyNumber
        The second begins at most so many days after the first ended.
    characters : PolicyNumber
        Leading characters of the principal diagnosis that agree.
    """

    days: PolicyNumber
    characters: PolicyNumber


class Upcoding(PolicyModel):
    """When a team's rate of coded complications is out of line with its members.

    Parameters
    ----------
    analyte : str
        Analyte by whose latest value members are compared, with age and sex.
    cuts : tuple of PolicyNumber
        Cuts of its value.
    age_cuts : tuple of PolicyNumber
        Cuts of age (years).
    most_deviation : PolicyNumber
        Credible deviation from what is expected that no question is asked about.
    """

    analyte: str
    cuts: tuple[PolicyNumber, ...]
    age_cuts: tuple[PolicyNumber, ...]
    most_deviation: PolicyNumber


class ClaimFlow(PolicyModel):
    """When claims are too thin or too late to settle on.

    Parameters
    ----------
    least_share : PolicyNumber
        Claims per member month, as a fraction of the book's, under which a team's are thin.
    late_days : PolicyNumber
        A claim known later than so many days after it began is late.
    most_late : PolicyNumber
        Largest share of late claims.
    """

    least_share: PolicyNumber
    late_days: PolicyNumber
    most_late: PolicyNumber


class MonitorPolicy(PolicyModel):
    """The monitors as written in ``models/settlement/monitors/*.toml``.

    Parameters
    ----------
    name, title, title_zh, reference : str
        The policy's name, its name for a reader, and where it comes from.
    effective : datetime.date
        First day on which it holds.
    confidence : PolicyNumber
        A team is asked only about what luck alone does not explain at this confidence.
    least_days : PolicyNumber
        A member counts if enrolled for so many days of the year.
    coding, split_stays, upcoding, claims : optional
        See their classes; one that is absent is not watched.
    """

    name: str
    title: str
    title_zh: str
    reference: str
    effective: date
    confidence: PolicyNumber
    least_days: PolicyNumber
    coding: CodingIntensity | None = None
    split_stays: SplitStays | None = None
    upcoding: Upcoding | None = None
    claims: ClaimFlow | None = None

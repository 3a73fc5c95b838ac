"""Outcome rules: which codes, stays and measurements prove that an outcome happened, as its file states them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from riskkit.policy import PolicyModel, PolicyNumber


class CodeRule(PolicyModel):
    """Diagnosis codes, in any position, that prove an outcome once they are written often enough.

    Parameters
    ----------
    groups : tuple of str, default ()
        Groups of the code lists, as ``list:group``; any of them proves.
    pairs : tuple of (str, str), default ()
        Two groups that prove together, on one claim.
    inpatient_dates, emergency_dates : {0, 1}
        1: one date in hospital, or in an emergency department, proves alone; 0: it counts as any other date does.
    outpatient_dates : {0, 2}
        2: two different dates in any setting prove, and the outcome is dated on the first; 0: they prove nothing.
    within_days : int, optional
        Most days between the two dates; needed where `outpatient_dates` is 2.
    """

    groups: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    inpatient_dates: Literal[0, 1] = 1
    emergency_dates: Literal[0, 1] = 0
    outpatient_dates: Literal[0, 2] = 2
    within_days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _proves_something(self) -> CodeRule:
        """Refuse a rule that no record can meet."""
        if not self.groups and not self.pairs:
            message = "groups: a rule of codes needs groups or pairs. Name at least one"
            raise ValueError(message)
        if not (self.inpatient_dates or self.emergency_dates or self.outpatient_dates):
            message = "outpatient_dates: no setting proves anything. Let one of the three count"
            raise ValueError(message)
        if bool(self.outpatient_dates) != (self.within_days is not None):
            message = "within_days: given with outpatient_dates = 2 and only then. Add or remove it"
            raise ValueError(message)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Every group that the rule names."""
        return (*self.groups, *(name for pair in self.pairs for name in pair))


class StayRule(PolicyModel):
    """Inpatient stays, contiguous ones merged to one admission, that prove an outcome by what was coded in them.

    Parameters
    ----------
    name : str
        What the admission is called, such as ``PQI03``.
    principal : tuple of str, default ()
        Groups of which the principal diagnosis of the admission's first stay must be one.
    diagnoses : tuple of str, default ()
        Groups of which any diagnosis of the admission must be one.
    procedures : tuple of str, default ()
        Groups of which any procedure of the admission must be one.
    without_diagnoses : tuple of str, default ()
        Groups that rule the admission out, in any position.
    transfers_in : bool, default True
        False: an admission that came by transfer from another hospital does not count.
    minimum_age_years : int, default 0
        Youngest age on admission.
    """

    name: str
    principal: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    without_diagnoses: tuple[str, ...] = ()
    transfers_in: bool = True
    minimum_age_years: int = Field(default=0, ge=0)

    @property
    def names(self) -> tuple[str, ...]:
        """Every group that the rule names."""
        return (*self.principal, *self.diagnoses, *self.procedures, *self.without_diagnoses)


class LabRule(PolicyModel):
    """Measurements beyond a limit that prove an outcome once a second one confirms them.

    Parameters
    ----------
    measure : {'egfr', 'uacr'}
        Filtration rate by CKD-EPI 2021 from creatinine (mL/min/1.73 m2), or urine albumin-creatinine ratio (mg/g).
    below, at_least : PolicyNumber, optional
        The limit; exactly one of the two.
    apart_days : int, default 1
        Fewest days between the two.
    within_days : int
        Most days between the two.
    of : int, optional
        The second is among so many measurements in a row, the first counted: 3 for two of three.
    """

    measure: Literal["egfr", "uacr"]
    below: PolicyNumber | None = None
    at_least: PolicyNumber | None = None
    apart_days: int = Field(default=1, ge=1)
    within_days: int = Field(ge=1)
    of: int | None = Field(default=None, ge=2)

    @model_validator(mode="after")
    def _has_one_limit(self) -> LabRule:
        """Refuse a rule without a limit, with two, or with an empty interval."""
        if (self.below is None) == (self.at_least is None):
            message = "below, at_least: exactly one limit is needed. Give one of them"
            raise ValueError(message)
        if self.apart_days > self.within_days:
            message = f"within_days: must be at least apart_days = {self.apart_days}, got {self.within_days}"
            raise ValueError(message)
        return self


class EventRules(PolicyModel):
    """All that proves an outcome, and who is at risk of it.

    Parameters
    ----------
    washout_days : int
        Days before the index date in which nothing of the outcome may be coded; 0 where it may come again.
    codes, stays, labs : tuple
        Rules; the earliest date that one of them gives is the event.
    prevalent : tuple of str, default ()
        Further groups that take a member out of the risk set when coded in the washout in any setting.
    """

    washout_days: int = Field(ge=0)
    codes: tuple[CodeRule, ...] = ()
    stays: tuple[StayRule, ...] = ()
    labs: tuple[LabRule, ...] = ()
    prevalent: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_a_rule(self) -> EventRules:
        """Refuse an outcome that nothing proves."""
        if not (self.codes or self.stays or self.labs):
            message = "codes, stays, labs: an event needs at least one rule. Add one"
            raise ValueError(message)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Every group of a code list that the rules name, each once."""
        coded = [name for code in self.codes for name in code.names]
        stayed = [name for stay in self.stays for name in stay.names]
        return tuple(dict.fromkeys([*coded, *stayed, *self.prevalent]))


class AgeTarget(PolicyModel):
    """The control target of an age band.

    Parameters
    ----------
    from_age_years : int
        First age of the band; it ends where the next one begins.
    target : PolicyNumber
        A value below it is controlled.
    """

    from_age_years: int = Field(ge=0)
    target: PolicyNumber


class PlannedCare(PolicyModel):
    """Groups of codes by which an admission is known as planned, beside its stated type.

    Parameters
    ----------
    principal : tuple of str, default ()
        Groups of principal diagnoses.
    procedures : tuple of str, default ()
        Groups of procedures; those of the admission's first stay count.
    drg : tuple of str, default ()
        Groups of diagnosis-related groups.
    """

    principal: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    drg: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_something(self) -> PlannedCare:
        """Refuse a block that says nothing."""
        if not self.names:
            message = "principal, procedures, drg: planned care needs at least one group. Name one, or drop the block"
            raise ValueError(message)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Every group that is named, each once."""
        return tuple(dict.fromkeys([*self.principal, *self.procedures, *self.drg]))

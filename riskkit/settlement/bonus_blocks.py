"""The blocks of a settlement policy that pay for results beside the difference: by step, gate, change or event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.settlement.blocks import QualityScale

if TYPE_CHECKING:
    from collections.abc import Mapping


class StepBonus(PolicyModel):
    """A base per head, and more for each step by which a rate has risen; no clawback when it falls.

    Parameters
    ----------
    kind : {"step"}
        Which bonus this is.
    measure : str
        Column of the rate (fraction); the rate of the year before is `<measure>_prior`.
    method : {"stepped", "linear"}
        Whole steps only, or in proportion.
    base : PolicyNumber
        Currency per head whatever the rate.
    step : PolicyNumber
        Size of a step (fraction, such as 0.05 for five points).
    amount : PolicyNumber
        Currency per head and step.
    most_steps : PolicyNumber
        No more steps than this are paid.
    """

    kind: Literal["step"]
    measure: str
    method: Literal["stepped", "linear"]
    base: PolicyNumber
    step: PolicyNumber
    amount: PolicyNumber
    most_steps: PolicyNumber


class GatedBonus(PolicyModel):
    """A base per head, and more if every measure reaches its target; less, where `missed` is negative.

    Parameters
    ----------
    kind : {"gated"}
        Which bonus this is.
    per : {"head", "prepaid"}
        Whether `base`, `met` and `missed` are currency per head or fractions of what was prepaid.
    targets : dict of str to PolicyNumber
        Lowest value by measure.
    base, met, missed : PolicyNumber
        Paid always, if all targets are met, if one is missed.
    """

    kind: Literal["gated"]
    per: Literal["head", "prepaid"]
    targets: dict[str, PolicyNumber] = Field(min_length=1)
    base: PolicyNumber | None = None
    met: PolicyNumber | None = None
    missed: PolicyNumber | None = None


class ChangeBonus(PolicyModel):
    """A fraction of what was prepaid for each point by which a rate has fallen, up to a cap; no clawback.

    Parameters
    ----------
    kind : {"fall"}
        Which bonus this is.
    measure : str
        Column of the rate (fraction); the rate of the year before is `<measure>_prior`.
    method : {"stepped", "linear"}
        Whole steps only, or in proportion.
    step : PolicyNumber
        Size of a step (fraction, such as 0.01 for one point).
    fraction : PolicyNumber
        Fraction of what was prepaid per step.
    cap : PolicyNumber
        Highest fraction of what was prepaid.
    """

    kind: Literal["fall"]
    measure: str
    method: Literal["stepped", "linear"]
    step: PolicyNumber
    fraction: PolicyNumber
    cap: PolicyNumber


class EventBonus(PolicyModel):
    """An amount per event, to the team and to the member.

    Parameters
    ----------
    kind : {"event"}
        Which bonus this is.
    measure : str
        Column with the number of events.
    team, member : PolicyNumber
        Currency per event.
    """

    kind: Literal["event"]
    measure: str
    team: PolicyNumber
    member: PolicyNumber


class GradeBonus(PolicyModel):
    """A fraction of what was prepaid by quality score.

    Parameters
    ----------
    kind : {"grade"}
        Which bonus this is.
    scale : QualityScale
        From the score to the fraction.
    """

    kind: Literal["grade"]
    scale: QualityScale


Bonus = Annotated[StepBonus | GatedBonus | ChangeBonus | EventBonus | GradeBonus, Field(discriminator="kind")]


def ask_measures(bonuses: Mapping[str, Bonus]) -> set[str]:
    """Name the measures that bonuses ask of a contract.

    Parameters
    ----------
    bonuses : mapping of str to Bonus
        Bonuses by name.

    Returns
    -------
    set of str
        Columns.
    """
    asked: set[str] = set()
    for bonus in bonuses.values():
        match bonus:
            case GatedBonus():
                asked |= set(bonus.targets)
            case StepBonus() | ChangeBonus():
                asked |= {bonus.measure, f"{bonus.measure}_prior"}
            case EventBonus():
                asked.add(bonus.measure)
            case GradeBonus():
                asked.add("quality")
    return asked

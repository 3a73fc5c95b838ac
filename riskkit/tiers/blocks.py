"""The blocks of a tier policy beside cuts and rule: programmes, hysteresis, overrides, difficulty of management."""

from __future__ import annotations

from typing import Self

from pydantic import Field, field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber

CLASSES = ("general", "regular", "key")
"""Management classes from the least to the most attention (POLICY_RULES C3)."""


class Programme(PolicyModel):
    """A programme that pays for itself from some risk on.

    Parameters
    ----------
    tier : str
        A tier above the lowest.
    cost : PolicyNumber
        Cost of the programme for one member.
    effect : PolicyNumber
        Fraction of the events that it prevents.
    loss : PolicyNumber
        Cost of one event.
    """

    tier: str
    cost: PolicyNumber
    effect: PolicyNumber
    loss: PolicyNumber

    @property
    def cut(self) -> float:
        """The risk from which the programme pays: cost over effect times loss."""
        return self.cost.value / (self.effect.value * self.loss.value)

    @model_validator(mode="after")
    def _pays_somewhere(self) -> Self:
        positive = self.cost.value > 0 and 0 < self.effect.value <= 1 and self.loss.value > 0
        if not positive or not self.cut < 1:
            message = (
                f"tier {self.tier!r}: cost / (effect x loss) must be between 0 and 1, got cost={self.cost.value}, "
                f"effect={self.effect.value}, loss={self.loss.value}. The programme never pays; correct a number"
            )
            raise ValueError(message)
        return self


class Hysteresis(PolicyModel):
    """How a tier is kept from flickering; rising is always at once, and nobody goes down for want of evidence.

    Parameters
    ----------
    margin : PolicyNumber
        A member goes down only below cut x (1 - margin).
    minimum_stay : PolicyNumber
        Months in a tier before a member may go down; and for which the lowest tier is kept without evidence.
    steps_down : PolicyNumber
        Most tiers that a member goes down at once; the next step needs a year since the last change.
    """

    margin: PolicyNumber
    minimum_stay: PolicyNumber
    steps_down: PolicyNumber

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        steps = self.steps_down.value
        if not (0 <= self.margin.value < 1 and self.minimum_stay.value >= 0 and steps >= 1 and steps == int(steps)):
            message = "margin must be in [0, 1), minimum_stay at least 0 and steps_down a whole number from 1. Correct"
            raise ValueError(message)
        return self


class OverrideReason(PolicyModel):
    """What a code of an override means.

    Parameters
    ----------
    title, title_zh : str
        The reason for a reader, in English and Chinese.
    """

    title: str
    title_zh: str


class Overrides(PolicyModel):
    """The clinical reasons for which a member may be put into a higher tier.

    Parameters
    ----------
    codes : dict of str to OverrideReason or str
        Reason by code, such as ``dka = { title = "diabetic ketoacidosis", title_zh = "糖尿病酮症酸中毒" }``; a text
        alone stands for both languages.
    """

    codes: dict[str, OverrideReason | str] = Field(min_length=1)

    def find_reason(self, code: str) -> OverrideReason:
        """Return what a code means in both languages.

        Parameters
        ----------
        code : str
            A code of the policy.

        Returns
        -------
        OverrideReason
            Its reason.

        Examples
        --------
        >>> Overrides(codes={"dka": "ketoacidosis"}).find_reason("dka").title_zh
        'ketoacidosis'
        """
        found = self.codes[code]
        return OverrideReason(title=found, title_zh=found) if isinstance(found, str) else found


class DifficultyItem(PolicyNumber):
    """Something that makes a member hard to manage; met where the column reaches the value.

    Parameters
    ----------
    column : str
        Feature.
    missing : bool
        Whether a missing value counts as met.
    """

    column: str
    missing: bool = False


class Difficulty(PolicyModel):
    """The second axis: difficulty of management, and the class that both axes give.

    Parameters
    ----------
    items : tuple of DifficultyItem
        Each that is met counts one.
    hard_from : PolicyNumber
        Items from which a member is hard to manage.
    classes : dict of str to tuple of two str
        By tier (and `unassessed`), the class of an easy and of a hard member: general, regular or key.

    References
    ----------
    .. [1] POLICY_RULES C3: key, regular and general management by severity and difficulty.
    """

    items: tuple[DifficultyItem, ...] = Field(min_length=1)
    hard_from: PolicyNumber
    classes: dict[str, tuple[str, str]]

    @field_validator("classes")
    @classmethod
    def _known_and_rising(cls, classes: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        for tier, pair in classes.items():
            if not set(pair) <= set(CLASSES) or CLASSES.index(pair[0]) > CLASSES.index(pair[1]):
                message = (
                    f"tier {tier!r}: needs two of {', '.join(CLASSES)}, the hard member's not below the easy one's, "
                    f"got {list(pair)}. Correct them"
                )
                raise ValueError(message)
        return classes

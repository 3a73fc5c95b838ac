"""The tier policy: ordered tiers with packages, cuts on a predicted risk, the documents' rule, and how both combine."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Literal, Self

from pydantic import ValidationInfo, field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.tiers.blocks import CLASSES, Difficulty, Hysteresis, Overrides, Programme

UNASSESSED = "unassessed"
_RULE_TIERS = 3


class Tier(PolicyModel):
    """One tier and the service package that its members get.

    Parameters
    ----------
    name : str
        The tier's name in every table.
    title, title_zh : str
        Its name for a reader, in English and Chinese.
    package : str
        The service package.
    """

    name: str
    title: str
    title_zh: str
    package: str


class TierCut(PolicyNumber):
    """The policy number at which one tier begins, or the share of members it may take.

    Parameters
    ----------
    tier : str
        A tier above the lowest.
    """

    tier: str


class Cuts(PolicyModel):
    """How a predicted risk becomes a tier.

    Parameters
    ----------
    method : {"probability", "share", "capacity", "cost"}
        `probability`: a tier begins at a fixed predicted probability. `share`: a tier takes a share of the reference
        population, from the highest risk down; the probability where it begins is frozen when the policy is fitted.
        `capacity`: a tier takes a number of members, ordered by score and then by a hash. `cost`: a tier begins where
        its programme pays for itself.
    outcome : str
        The outcome whose prediction is cut.
    numbers : tuple of TierCut
        One per tier above the lowest, in the order of the tiers; not with `cost`.
    programmes : tuple of Programme
        The same for `cost`.
    """

    method: Literal["probability", "share", "capacity", "cost"]
    outcome: str
    numbers: tuple[TierCut, ...] = ()
    programmes: tuple[Programme, ...] = ()

    @property
    def tiers(self) -> list[str]:
        """Names of the tiers that are cut."""
        return [part.tier for part in (self.programmes if self.method == "cost" else self.numbers)]

    @field_validator("numbers")
    @classmethod
    def _within_bounds(cls, numbers: tuple[TierCut, ...], info: ValidationInfo) -> tuple[TierCut, ...]:
        for cut in numbers:
            if info.data.get("method") == "capacity" and not (cut.value >= 1 and cut.value == int(cut.value)):
                message = f"tier {cut.tier!r} must be a whole number of places from 1, got {cut.value}. Correct it"
                raise ValueError(message)
            if info.data.get("method") != "capacity" and not 0 < cut.value < 1:
                message = f"tier {cut.tier!r} must be between 0 and 1 (both excluded), got {cut.value}. Give a fraction"
                raise ValueError(message)
        return numbers

    @model_validator(mode="after")
    def _programmes_with_cost(self) -> Self:
        if (self.method == "cost") != bool(self.programmes) or (self.method == "cost" and self.numbers):
            message = f"programmes go with method 'cost', numbers with the others, got {self.method!r}. Correct one"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        found = [cut.value for cut in self.numbers] or [programme.cut for programme in self.programmes]
        if self.method in {"probability", "cost"} and any(low >= high for low, high in pairwise(found)):
            message = f"probability cuts must increase from tier to tier, got {found}. Correct their order"
            raise ValueError(message)
        if self.method == "share" and sum(found) >= 1:
            message = (
                f"shares above the lowest tier must sum to less than 1, got {found}. Leave room for the lowest tier"
            )
            raise ValueError(message)
        return self


class HbA1cRule(PolicyModel):
    """The documents' rule on HbA1c and complications; what is neither low nor high is medium.

    Low: HbA1c strictly below `low_below` and none of `complications` or `severe_complications`. High: HbA1c strictly
    above `high_above`, or any of `severe_complications`. Both limits themselves are medium.

    Parameters
    ----------
    scheme : {"seed_hba1c"}
        The rule's name.
    hba1c : str
        Feature with the latest HbA1c (% NGSP).
    complications : tuple of str
        Features (0 or 1) that exclude the low tier.
    severe_complications : tuple of str
        Features (0 or 1) that put a member in the high tier.
    low_below, high_above : PolicyNumber
        The two limits (% NGSP).

    References
    ----------
    .. [1] POLICY_RULES C1 (S4) and contradictions 2 and 3.
    """

    scheme: Literal["seed_hba1c"]
    hba1c: str
    complications: tuple[str, ...]
    severe_complications: tuple[str, ...]
    low_below: PolicyNumber
    high_above: PolicyNumber

    @field_validator("high_above")
    @classmethod
    def _above_low(cls, high: PolicyNumber, info: object) -> PolicyNumber:
        low = getattr(info, "data", {}).get("low_below")
        if low is not None and not 0 < low.value < high.value:
            message = (
                f"must be above low_below, got high_above={high.value}, low_below={low.value}. Correct one of them"
            )
            raise ValueError(message)
        return high


class Unassessed(PolicyModel):
    """What a member gets whom the rule cannot place for want of evidence.

    Parameters
    ----------
    title, title_zh : str
        The label for a reader.
    package : str
        The service package until the evidence is there.
    """

    title: str
    title_zh: str
    package: str


class TierPolicy(PolicyModel):
    """A tier scheme as written in ``models/tiers/*.toml``.

    Parameters
    ----------
    name, title, title_zh : str
        The scheme's name, and its name for a reader.
    reference : str
        Where the scheme comes from.
    effective : datetime.date
        First day on which it holds.
    tiers : tuple of Tier
        From the lowest risk to the highest.
    unassessed : Unassessed, optional
        Needed where the rule stands alone.
    cuts : Cuts, optional
        Cuts on a predicted risk.
    rule : HbA1cRule, optional
        The documents' rule; needs exactly three tiers.
    combine : {"max"}, optional
        Needed where both `cuts` and `rule` are there: the higher of the two tiers.
    hysteresis : Hysteresis, optional
        How a member goes down.
    overrides : Overrides, optional
        Clinical reasons to put a member into a higher tier.
    difficulty : Difficulty, optional
        The second axis, which with the tier gives the management class.
    """

    name: str
    title: str
    title_zh: str
    reference: str
    effective: date
    tiers: tuple[Tier, ...]
    unassessed: Unassessed | None = None
    cuts: Cuts | None = None
    rule: HbA1cRule | None = None
    combine: Literal["max"] | None = None
    hysteresis: Hysteresis | None = None
    overrides: Overrides | None = None
    difficulty: Difficulty | None = None

    @field_validator("tiers")
    @classmethod
    def _named_once(cls, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        names = [tier.name for tier in tiers]
        if len(tiers) < 2 or len(set(names)) < len(names) or UNASSESSED in names:
            message = (
                f"needs two or more tiers, each named once and none {UNASSESSED!r}, got {names}. Correct the names"
            )
            raise ValueError(message)
        return tiers

    @model_validator(mode="after")
    def _blocks_fit_together(self) -> Self:
        problem = _misfit(self)
        if problem:
            raise ValueError(problem)
        return self


def _misfit(policy: TierPolicy) -> str | None:
    """Say which blocks of a tier policy do not go together."""
    above_lowest = [tier.name for tier in policy.tiers[1:]]
    cut_tiers = policy.cuts.tiers if policy.cuts else above_lowest
    if policy.cuts is None and policy.rule is None:
        return "a tier policy needs [cuts], [rule] or both, got neither. Add a block"
    if cut_tiers != above_lowest:
        return f"[[cuts.numbers]] must name the tiers {above_lowest} in this order, got {cut_tiers}. Correct them"
    if policy.rule is not None and len(policy.tiers) != _RULE_TIERS:
        return f"[rule] seed_hba1c needs exactly three tiers, got {len(policy.tiers)}. Correct [[tiers]]"
    if (policy.combine is None) != (policy.cuts is None or policy.rule is None):
        return 'combine belongs with [cuts] and [rule] together, and only there. Add combine = "max", or remove it'
    if policy.cuts is None and policy.unassessed is None:
        return "[rule] without [cuts] leaves members without HbA1c unassessed. Add [unassessed] with their package"
    return _misfit_of_classes(policy)


def _misfit_of_classes(policy: TierPolicy) -> str | None:
    """Say where the management classes do not fit the tiers, or fall as they rise."""
    if policy.difficulty is None:
        return None
    names = [tier.name for tier in policy.tiers]
    wanted = {*names, *([UNASSESSED] if policy.unassessed else [])}
    if set(policy.difficulty.classes) != wanted:
        return f"[difficulty.classes] must name {sorted(wanted)}, got {sorted(policy.difficulty.classes)}. Correct them"
    for axis in (0, 1):
        ranks = [CLASSES.index(policy.difficulty.classes[name][axis]) for name in names]
        if ranks != sorted(ranks):
            return (
                f"[difficulty.classes] must not fall from tier to tier, got {policy.difficulty.classes}. Correct them"
            )
    return None

"""Modifiers: uplifts for age or complication, only where the model that drives the rate does not hold them already."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, field_validator

from riskkit.errors import PolicyError
from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.rates.members import as_floats

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from numpy.typing import NDArray


class Condition(PolicyNumber):
    """A column that must reach a value; a missing value does not.

    Parameters
    ----------
    column : str
        Column of the members, such as ``"age_years"`` or a flag of 0 and 1.
    held_by : tuple of str
        Features that hold the same fact, ``*`` standing for any text: a model with one of them has paid for it.
    """

    column: str
    held_by: tuple[str, ...] = Field(min_length=1)


class Uplift(PolicyModel):
    """An addition to the rate of members who meet every condition.

    Parameters
    ----------
    name : str
        What the uplift is for.
    share : PolicyNumber
        Addition as a fraction of the rate.
    conditions : tuple of Condition
        All must be met.
    """

    name: str
    share: PolicyNumber
    conditions: tuple[Condition, ...] = Field(min_length=1)

    @field_validator("share")
    @classmethod
    def _no_discount(cls, share: PolicyNumber) -> PolicyNumber:
        if not share.value >= 0:
            message = f"must be at least 0, got {share.value}. An uplift never lowers the rate of the sicker"
            raise ValueError(message)
        return share


class Modifiers(PolicyModel):
    """Uplifts and how those that meet are combined (step 8).

    Parameters
    ----------
    combine : {"max", "add", "product"}
        Two uplifts of 20% give 1.2 (the larger alone), 1.4 or 1.44.
    uplifts : tuple of Uplift
        The uplifts.

    References
    ----------
    .. [1] POLICY_RULES C4, C18 and contradiction 4.
    """

    combine: Literal["max", "add", "product"]
    uplifts: tuple[Uplift, ...] = Field(min_length=1)

    @property
    def columns(self) -> list[str]:
        """Columns that the conditions read."""
        return sorted({condition.column for uplift in self.uplifts for condition in uplift.conditions})


def compute_modifier(block: Modifiers, members: pd.DataFrame) -> NDArray[np.float64]:
    """Return the factor of each member.

    Parameters
    ----------
    block : Modifiers
        The uplifts.
    members : pandas.DataFrame of shape (n_members, n_columns)
        The columns of the conditions.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Factors of at least 1.
    """
    additions = np.zeros((len(block.uplifts), len(members)))
    for place, uplift in enumerate(block.uplifts):
        met = np.ones(len(members), dtype=bool)
        for condition in uplift.conditions:
            met &= as_floats(members, condition.column) >= condition.value
        additions[place] = uplift.share.value * met
    factor: NDArray[np.float64]
    if block.combine == "max":
        factor = 1 + additions.max(axis=0)
    elif block.combine == "add":
        factor = 1 + additions.sum(axis=0)
    else:
        factor = np.prod(1 + additions, axis=0)
    return factor


def refuse_double_count(block: Modifiers, held: Collection[str] | None, *, policy_name: str) -> None:
    """Refuse an uplift for what the model or the tier that drives the rate has already paid for.

    Parameters
    ----------
    block : Modifiers
        The uplifts.
    held : collection of str or None
        Features of the model, and of the tier where it is priced; None where they are not known, which is refused too.
    policy_name : str
        Names the policy in a message.

    Raises
    ------
    PolicyError
        If a feature of the model holds what an uplift is for, or the features are not known.

    References
    ----------
    .. [1] POLICY_RULES contradiction 4: an uplift is for the flat rate.
    """
    if held is None:
        message = (
            f"rate policy {policy_name!r} [modifiers]: the features of the rated model are not known, so an uplift "
            "could pay twice. Pass them as model_features, or use relative_risk.method = 'flat'."
        )
        raise PolicyError(message)
    for uplift in block.uplifts:
        for condition in uplift.conditions:
            patterns = (condition.column, *condition.held_by)
            double = sorted(name for name in held if any(fnmatch(name, pattern) for pattern in patterns))
            if double:
                message = (
                    f"rate policy {policy_name!r} [modifiers] {uplift.name!r}: the rated model or tier already holds "
                    f"{double[0]!r} ({len(double)} such features), expected none for {condition.column!r}. "
                    "Remove the uplift, or use relative_risk.method = 'flat'."
                )
                raise PolicyError(message)

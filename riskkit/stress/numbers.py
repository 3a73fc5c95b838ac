"""Policy numbers with bounds: shares, amounts, counts and relative changes."""

from __future__ import annotations

from pydantic import Field

from riskkit.policy import PolicyNumber


class Share(PolicyNumber):
    """A policy number between 0 and 1."""

    value: float = Field(ge=0, le=1)


class Positive(PolicyNumber):
    """A policy number above 0."""

    value: float = Field(gt=0)


class NotNegative(PolicyNumber):
    """A policy number of at least 0."""

    value: float = Field(ge=0)


class Change(PolicyNumber):
    """A relative change, such as -0.2 for a fifth less; it takes away at most everything."""

    value: float = Field(ge=-1)

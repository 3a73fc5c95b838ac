"""Policy numbers with bounds: shares, amounts, counts and relative changes; and all numbers of a policy in a list."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, Field

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


def list_numbers(block: BaseModel, place: str = "") -> Iterator[dict[str, str | float]]:
    """List every number of a policy with its place and what an auditor asks of it.

    Parameters
    ----------
    block : pydantic.BaseModel
        A policy, or a block of one.
    place : str, default ""
        Where the block stands.

    Yields
    ------
    dict
        `place` (as TOML writes it, with the name of an entry of a list in brackets), `value`, `unit`, `reference`,
        `effective` (YYYY-MM-DD).

    Examples
    --------
    >>> from datetime import date
    >>> from riskkit.stress.risks import Trend
    >>> number = {"unit": "fraction", "reference": "example", "effective": date(2025, 1, 1)}
    >>> trend = Trend.model_validate({"mean": {"value": 0.03, **number}, "sd": {"value": 0.02, **number}})
    >>> [(one["place"], one["value"]) for one in list_numbers(trend, "trend")]
    [('trend.mean', 0.03), ('trend.sd', 0.02)]
    """
    if isinstance(block, PolicyNumber):
        named = {"unit": block.unit, "reference": block.reference, "effective": block.effective.isoformat()}
        yield {"place": place, "value": block.value, **named}
        return
    for key, held in block:
        inside = f"{place}.{key}" if place else key
        if isinstance(held, BaseModel):
            yield from list_numbers(held, inside)
        elif isinstance(held, tuple):
            for at, entry in enumerate(held, start=1):
                if isinstance(entry, BaseModel):
                    name = getattr(entry, "name", None) or getattr(entry, "number", None) or at
                    yield from list_numbers(entry, f"{inside}[{name}]")

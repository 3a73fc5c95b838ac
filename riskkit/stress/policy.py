"""The stress policy: portfolio, risks, contract, fund and questions as one checked whole."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.stress.population import Enrolment, Migration, Portfolio, StressTier
from riskkit.stress.risks import Claims, Effect, Price, Shock, Trend
from riskkit.stress.terms import Contract, Fund, IcerRule, Redline, Reverse, Swing


class StressPolicy(PolicyModel):
    """A stress policy as written in ``models/stress/*.toml``.

    Parameters
    ----------
    name, title, title_zh, reference : str
        The policy's name, its name for a reader, and where it comes from.
    effective : datetime.date
        First day on which it holds.
    currency : str
        Three-letter code of every amount.
    years : int
        Years that are projected.
    tiers : tuple of StressTier
        From the lowest risk to the highest.
    portfolio, enrolment, migration, claims, trend, contract, fund, redline, reverse
        The blocks.
    shock : Shock, optional
        None: no shocks.
    effects, prices : tuple
        Changes of use and of prices; none by default.
    tornado : tuple of Swing
        The numbers that are moved one at a time.
    icer : IcerRule, optional
        For `riskkit.stress.icer`.
    """

    name: str = Field(min_length=1)
    title: str
    title_zh: str
    reference: str
    effective: date
    currency: str = Field(pattern="^[A-Z]{3}$")
    years: int = Field(ge=1, le=30)
    tiers: tuple[StressTier, ...] = Field(min_length=1)
    portfolio: Portfolio
    enrolment: Enrolment
    migration: Migration
    claims: Claims
    trend: Trend
    shock: Shock | None = None
    effects: tuple[Effect, ...] = ()
    prices: tuple[Price, ...] = ()
    contract: Contract
    fund: Fund
    redline: Redline
    reverse: Reverse
    tornado: tuple[Swing, ...] = ()
    icer: IcerRule | None = None

    @model_validator(mode="after")
    def _blocks_fit_together(self) -> Self:
        problem = _misfit(self)
        if problem:
            raise ValueError(problem)
        return self


def _misfit(policy: StressPolicy) -> str | None:
    """Say which blocks do not go together."""
    names = [tier.name for tier in policy.tiers]
    if len(set(names)) < len(names):
        return f"each tier must be named once, got {names}. Correct the names"
    for team in policy.portfolio.teams:
        if len(team.members) != len(names):
            return (
                f"team {team.name!r} must count its members in the {len(names)} tiers {names}, got "
                f"{list(team.members)}. Correct the counts"
            )
    if len(policy.migration.matrix) != len(names):
        return f"[migration] matrix must have {len(names)} rows, got {len(policy.migration.matrix)}. Correct it"
    if len(policy.enrolment.enter_mix) != len(names):
        return f"[enrolment] enter_mix must have {len(names)} shares, got {len(policy.enrolment.enter_mix)}. Correct it"
    for swing in policy.tornado:
        block, key = swing.number.split(".")
        if not isinstance(getattr(getattr(policy, block), key, None), PolicyNumber):
            return f"[[tornado]] number {swing.number!r} is no number of this policy. Name a block and a key of it"
    return None

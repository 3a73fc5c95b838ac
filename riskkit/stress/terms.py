"""The blocks of a stress policy on money and questions: contract, fund, redline, reverse stress, tornado, ICER."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.stress.numbers import Change, NotNegative, Positive, Share


class Contract(PolicyModel):
    """What a team keeps of a surplus and bears of an overspend.

    Parameters
    ----------
    rate_growth : Change
        Growth of the rates a year, the first projection year included.
    retention : Share
        Share of a surplus that the team keeps.
    overspend_share : Share
        Share of an overspend that the team bears.
    gain_cap, loss_cap : NotNegative, optional
        Most that a team gains or bears in a year, as a fraction of what it was prepaid.
    team_reserve : NotNegative
        What a team can lose before it is insolvent, as a fraction of its prepaid sum in the base year.
    """

    rate_growth: Change
    retention: Share
    overspend_share: Share
    gain_cap: NotNegative | None = None
    loss_cap: NotNegative | None = None
    team_reserve: NotNegative


class Fund(PolicyModel):
    """What the fund holds and takes in.

    Parameters
    ----------
    reserve : PolicyNumber
        Reserve at the start (currency).
    income : NotNegative
        Income (currency per member year), base year.
    income_growth : Change
        Growth of the income per member a year.
    """

    reserve: PolicyNumber
    income: NotNegative
    income_growth: Change


class Redline(PolicyModel):
    """The line that growth from one year to the next must not pass.

    Parameters
    ----------
    limit : PolicyNumber
        Growth a year (fraction) above which the line is breached.
    measure : {"cost", "payout"}
        Growth of what care cost, or of what the fund paid out under the contract.
    per : {"total", "member"}
        Growth of the sum, or per member.
    """

    limit: PolicyNumber
    measure: Literal["cost", "payout"]
    per: Literal["total", "member"]


class Reverse(PolicyModel):
    """Which trend is too much: the smallest one at which a breach is this likely.

    Parameters
    ----------
    probability : Share
        Probability of a breach within the horizon that is asked for.
    lowest, highest : Change
        Trends between which the answer is sought.
    """

    probability: Share
    lowest: Change
    highest: Change

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.lowest.value >= self.highest.value:
            message = f"lowest must be below highest, got {self.lowest.value} and {self.highest.value}. Correct them"
            raise ValueError(message)
        return self


class Swing(PolicyModel):
    """One bar of the tornado: a number of this policy set low and high, all else as it is.

    Parameters
    ----------
    number : str
        Block and key, such as ``"trend.mean"``.
    title, title_zh : str
        Names for a reader.
    low, high : PolicyNumber
        The two values.
    """

    number: str = Field(pattern=r"^(enrolment|claims|trend|shock|contract|fund)\.[a-z_]+$")
    title: str
    title_zh: str
    low: PolicyNumber
    high: PolicyNumber


class IcerRule(PolicyModel):
    """When a service is too dear for what it does.

    Parameters
    ----------
    multiple : Positive
        Threshold as a multiple of GDP per head.
    gdp_per_head : Positive
        GDP per head (currency).
    years : Positive
        Years in a row above the threshold after which the service is suspended.
    """

    multiple: Positive
    gdp_per_head: Positive
    years: Positive

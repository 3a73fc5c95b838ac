"""The cost-effectiveness threshold: cost per unit of effect, and suspension after years above the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from riskkit.stress.terms import IcerRule


def assess_icer(years: pd.DataFrame, rule: IcerRule) -> pd.DataFrame:
    """Hold a service's cost per unit of effect against the threshold, year by year.

    Parameters
    ----------
    years : pandas.DataFrame of shape (n_years, 3)
        `year`, `extra_cost_amount` (currency) and `extra_effect` (such as QALY, above 0) against usual care.
    rule : IcerRule
        Threshold and patience.

    Returns
    -------
    pandas.DataFrame of shape (n_years, 6)
        Input with `icer` (currency per unit of effect), `above` (the threshold is passed) and `suspended` (above in
        as many consecutive years as the rule says, this one included); sorted by year.

    Raises
    ------
    DataContractError
        If an effect is not above 0.

    References
    ----------
    .. [1] POLICY_RULES N21 (S4): threshold of three times GDP per head, suspended after three years above it.
    """
    frame = years.sort_values("year", ignore_index=True)
    if not (frame["extra_effect"] > 0).all():
        first = frame.loc[~(frame["extra_effect"] > 0), "year"].iloc[0]
        message = (
            f"icer: extra_effect must be above 0, first year {first} is not. A service without effect has no ICER; "
            "leave the year out."
        )
        raise DataContractError(message)
    icer = frame["extra_cost_amount"] / frame["extra_effect"]
    above = icer > rule.multiple.value * rule.gdp_per_head.value
    # A gap in the years ends a run, as a year below the threshold does.
    run = (~above | frame["year"].diff().ne(1)).cumsum()
    streak = above.astype("int64").groupby(run).cumsum()
    return frame.assign(icer=icer, above=above, suspended=streak >= rule.years.value)

"""Teams that a scorecard cannot score: they count as the pool, or the settlement is refused, as the policy says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from riskkit.settlement.policy import SettlementPolicy

SHOWN = 5


def fill_unscored(policy: SettlementPolicy, contracts: pd.DataFrame, measures: Sequence[str] = ()) -> pd.DataFrame:
    """Give teams without a score the mean of the pool's, by lives.

    Parameters
    ----------
    policy : SettlementPolicy
        Its `unscored` says whether they get the mean or are refused.
    contracts : pandas.DataFrame of shape (n_teams, n_columns)
        `team_id`, `lives` and `quality`, NaN where nothing could be scored.
    measures : sequence of str
        Further columns from the scorecard that the policy asks for, filled in the same way.

    Returns
    -------
    pandas.DataFrame
        The contracts with every `quality`, and `pool_quality`: that mean where it was given, else NaN.

    Raises
    ------
    DataContractError
        If the policy refuses them, or no team at all has a score.

    Examples
    --------
    >>> import pandas as pd
    >>> from types import SimpleNamespace
    >>> teams = {"team_id": ["A", "B", "C"], "lives": [300, 100, 50], "quality": [80.0, 60.0, float("nan")]}
    >>> policy = SimpleNamespace(name="test", unscored="pool_mean")
    >>> fill_unscored(policy, pd.DataFrame(teams))["quality"].tolist()
    [80.0, 60.0, 75.0]
    """
    for name in measures:
        contracts = contracts.assign(**{name: _fill(policy, contracts, name)})
    unscored = contracts["quality"].isna()
    filled = contracts.assign(quality=_fill(policy, contracts, "quality"))
    return filled.assign(pool_quality=filled["quality"].where(unscored))


def _fill(policy: SettlementPolicy, contracts: pd.DataFrame, name: str) -> pd.Series:
    """Fill one column by the mean of the others, or refuse, as the policy says."""
    values = contracts[name].astype("float64")
    unknown = values.isna()
    if unknown.any() and (policy.unscored == "refuse" or unknown.all()):
        teams = contracts.loc[unknown, "team_id"].tolist()
        message = (
            f"policy {policy.name}: {len(teams)} teams have too small denominators to be scored "
            f"({', '.join(map(str, teams[:SHOWN]))}), expected a {name} for each. State it with --results, or set "
            'unscored = "pool_mean" where other teams have one.'
        )
        raise DataContractError(message)
    lives = contracts["lives"].where(~unknown, 0)
    return values.fillna(float((values.fillna(0.0) * lives).sum() / lives.sum())) if unknown.any() else values

"""Teams that a scorecard cannot score: they count as the pool, or the settlement is refused, as the policy says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.settlement.policy import SettlementPolicy

SHOWN = 5


def fill_unscored(policy: SettlementPolicy, contracts: pd.DataFrame) -> pd.DataFrame:
    """Give teams without a score the mean of the pool's, by lives.

    Parameters
    ----------
    policy : SettlementPolicy
        Its `unscored` says whether they get the mean or are refused.
    contracts : pandas.DataFrame of shape (n_teams, n_columns)
        `team_id`, `lives` and `quality`, NaN where nothing could be scored.

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
    unscored = contracts["quality"].isna()
    if unscored.any() and (policy.unscored == "refuse" or unscored.all()):
        teams = contracts.loc[unscored, "team_id"].tolist()
        message = (
            f"policy {policy.name}: {len(teams)} teams have too small denominators to be scored "
            f"({', '.join(map(str, teams[:SHOWN]))}), expected a quality for each. State it with --results, or set "
            'unscored = "pool_mean" where other teams have one.'
        )
        raise DataContractError(message)
    scored = contracts[~unscored]
    mean = float((scored["quality"] * scored["lives"]).sum() / scored["lives"].sum()) if len(scored) else float("nan")
    filled = contracts.assign(quality=contracts["quality"].fillna(mean))
    return filled.assign(pool_quality=filled["quality"].where(unscored))

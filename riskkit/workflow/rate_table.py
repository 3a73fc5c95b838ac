"""The rate table of a retraining: read, one row per member, and held to the certificate beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from riskkit.errors import DataContractError, PolicyError
from riskkit.rates.certificate import hash_rate_table
from riskkit.workflow.given_files import read_given_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from riskkit.settlement.policy import SettlementPolicy

NEEDED = ("person_id", "index_date", "rate_minor")
SHARE_TOLERANCE: Final = 0.05
"""House rule (POLICY_RULES, contradiction 1): loads and rounding move a budget by a few points; another scope, by
tens of points."""


def read_rates(policy: SettlementPolicy, path: Path) -> pd.DataFrame:
    """Read a rate table and hold it to its certificate.

    Parameters
    ----------
    policy : SettlementPolicy
        Its currency and minor unit must be those of the rates.
    path : pathlib.Path
        ``rates.parquet``; ``certificate.json`` beside it is checked where it is there.

    Returns
    -------
    pandas.DataFrame
        The rates.

    Raises
    ------
    DataContractError
        If the table cannot be read, is of several index dates or repeats a member, or is not the certified one.
    PolicyError
        If the certified budget is another fraction of the expected cost than the policy counts of the claims.
    """
    table = read_given_parquet(path, expected="rates", advice="the rates.parquet of a retraining, or of riskkit rates")
    lacking = [name for name in NEEDED if name not in table.columns]
    days = table["index_date"].nunique() if not lacking else 0
    if lacking or days != 1 or table["person_id"].duplicated().any():
        found = f"no column {lacking[0]!r}" if lacking else f"{len(table)} rows of {days} index dates"
        message = (
            f"{path}: found {found}, expected one row per member, all of one index date. Give one year's rates.parquet."
        )
        raise DataContractError(message)
    _check_rates(path, table)
    _check_certificate(policy, path, table)
    return table


def _check_rates(path: Path, table: pd.DataFrame) -> None:
    """Refuse a rate that is no whole number of minor units of at least 0."""
    numbers = pd.to_numeric(table["rate_minor"], errors="coerce")
    wrong = ~((numbers >= 0) & (numbers % 1 == 0))
    if wrong.any():
        first = table.loc[wrong, "rate_minor"].iloc[0]
        message = (
            f"{path}: rate_minor of {int(wrong.sum())} of {len(table)} members is no whole number of at least 0 (first "
            f"{str(first)!r}). Rate the members again."
        )
        raise DataContractError(message)


def _check_certificate(policy: SettlementPolicy, path: Path, table: pd.DataFrame) -> None:
    beside = path.with_name("certificate.json")
    if not beside.is_file():
        return
    try:
        stated = json.loads(beside.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as exc:
        message = f"{beside}: not readable as JSON ({exc}). Rate the members again."
        raise DataContractError(message) from exc
    pairs = {
        "currency": policy.currency,
        "minor_units_per_currency_unit": policy.per_currency_unit,
        "rate_table_sha256": hash_rate_table(table),
    }
    for name, expected in pairs.items():
        if name in stated and stated[name] != expected:
            message = (
                f"{beside}: {name} is {stated[name]}, but the rates and the policy have {expected}. Settle the "
                "certified table under a policy of its currency."
            )
            raise DataContractError(message)
    _check_share(policy, beside, stated)


def _check_share(policy: SettlementPolicy, beside: Path, stated: dict[str, Any]) -> None:
    """Refuse rates whose budget is another fraction of the expected cost than the policy counts of the claims."""
    budget, expected = stated.get("budget_minor"), stated.get("expected_cost_minor")
    if not budget or not expected:
        return
    fitted = policy.actual.fitted_share if policy.actual else None
    counted = policy.counted_share if fitted is None else fitted.value
    if abs(budget / expected - counted) > SHARE_TOLERANCE:
        name = "pool_share" if fitted is None else "fitted_share"
        message = (
            f"policy {policy.name}: found [actual] {name} = {counted:g} (1 where it is not stated), but in {beside} "
            f"budget_minor {budget} is {budget / expected:.4g} of expected_cost_minor {expected} (scope "
            f"{stated.get('scope')}); expected the same within {SHARE_TOLERANCE}. Rates are never held to costs of "
            "another scope: settle under a policy of this pool_share, or state the rates' own as fitted_share under "
            "[actual], with its reference, if this is meant."
        )
        raise PolicyError(message)

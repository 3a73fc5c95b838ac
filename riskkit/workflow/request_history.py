"""The tier history that a request carries: last year's tier and an override, as columns of the member's own row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from riskkit.errors import DataContractError, PolicyError
from riskkit.tiers.final import TierHistory
from riskkit.tiers.hysteresis import check_last_tiers
from riskkit.tiers.overrides import check_overrides
from riskkit.workflow.tier_files import require_hysteresis

if TYPE_CHECKING:
    from riskkit.tiers.policy import TierPolicy
    from riskkit.workflow.bundle import Bundle

LAST: Final = {"last_risk_tier": "risk_tier", "last_index_date": "index_date", "last_tier_since": "tier_since"}
OVERRIDE: Final = {
    "override_risk_tier": "risk_tier",
    "override_code": "code",
    "override_author": "author",
    "override_start": "start_date",
    "override_expiry": "expiry_date",
}
HISTORY: Final = (*LAST, *OVERRIDE)
"""Columns of a request, all of them text; who has no last tier or no override leaves them out, or sends null."""
MAY_BE_ABSENT: Final = ("last_tier_since", "override_start")
DAYS: Final = ("index_date", "tier_since", "start_date", "expiry_date")


def read_request_history(bundle: Bundle, members: pd.DataFrame) -> TierHistory:
    """Read last year's tiers and overrides from the rows of a request, and hold them against the bundle's policy.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    members : pandas.DataFrame
        `person_id`, `index_date`, and of each member as far as known `last_risk_tier`, `last_index_date`,
        `last_tier_since`, and `override_risk_tier`, `override_code`, `override_author`, `override_start`,
        `override_expiry`; dates are YYYY-MM-DD.

    Returns
    -------
    TierHistory
        What the rows hold; empty where no row holds any.

    Raises
    ------
    PolicyError
        If the bundle has no tier policy to apply it to.
    DataContractError
        If a last tier or an override is not whole, holds what the policy does not know, or is of no earlier day.
    """
    last, overrides = (_take(members, names) for names in (LAST, OVERRIDE))
    history = TierHistory(last, overrides)
    if history.is_empty:
        return history
    policy = bundle.tiers.policy if bundle.tiers else None
    if policy is None:
        message = (
            f"bundle {bundle.scheme}: it holds no tier policy, so no last tier and no override can be applied. Leave "
            "them out."
        )
        raise PolicyError(message)
    require_hysteresis(history, policy)
    _check(policy, history)
    if last is not None:
        _require_earlier(members)
    return history


def _take(members: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame | None:
    """Take the rows that hold any of the columns; a row that holds one holds all that are needed."""
    sent = [name for name in names if name in members]
    given = members[sent].map(lambda value: None if isinstance(value, str) and not value.strip() else value)
    held = given.notna().any(axis=1)
    if not held.any():
        return None
    rows = given[held]
    for name in names:
        absent = int(rows[name].isna().sum()) if name in rows else len(rows)
        if absent and name not in MAY_BE_ABSENT:
            other = str(rows.notna().any()[lambda known: known].index[0])
            message = (
                f"members: {name} is missing in {absent} of {len(rows)} rows that hold {other}, expected it beside. "
                "Send both, or neither."
            )
            raise DataContractError(message)
    columns = {names[name]: _read(rows[name], name, names[name]) for name in sent if rows[name].notna().any()}
    taken = pd.DataFrame({"person_id": members.loc[held, "person_id"], **columns})
    return taken.drop_duplicates(ignore_index=True)


def _read(values: pd.Series[Any], sent: str, name: str) -> pd.Series[Any]:
    """Read text, or dates; the message names the column and never the member's value."""
    if name not in DAYS:
        return values.astype("str")
    try:
        return pd.to_datetime(values, format="%Y-%m-%d").astype("datetime64[us]")
    except (TypeError, ValueError) as exc:
        message = f"members: {sent} holds a value that is no date, expected YYYY-MM-DD. Correct it."
        raise DataContractError(message) from exc


def _check(policy: TierPolicy, history: TierHistory) -> None:
    for frame, check in ((history.last, check_last_tiers), (history.overrides, check_overrides)):
        if frame is not None:
            try:
                check(policy, frame)
            except DataContractError as exc:
                message = f"members: {exc}"
                raise DataContractError(message) from exc


def _require_earlier(members: pd.DataFrame) -> None:
    """Refuse a last tier that is not of a day before that of its member, or that was held from a later day on."""
    if "index_date" not in members:
        return
    try:
        today, before = (pd.to_datetime(members[name]) for name in ("index_date", "last_index_date"))
    except (TypeError, ValueError):
        return
    late = before >= today
    if late.any():
        message = (
            f"members: last_index_date of {late.sum()} of {len(members)} rows is not before index_date. Send the tier "
            "of the year before."
        )
        raise DataContractError(message)
    if "last_tier_since" not in members:
        return
    late = pd.to_datetime(members["last_tier_since"]) > before
    if late.any():
        message = (
            f"members: last_tier_since of {late.sum()} of {len(members)} rows is after last_index_date, when the tier "
            "was given. Send the day from which the tier has been held."
        )
        raise DataContractError(message)

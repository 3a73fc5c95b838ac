"""Last year's tiers and clinicians' overrides from their files: read, checked and matched once for every command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.data.io import hash_file
from riskkit.data.privacy import hash_person_ids, read_id_key
from riskkit.errors import DataContractError, PolicyError
from riskkit.tiers.cuts import require_columns
from riskkit.tiers.final import TierHistory
from riskkit.tiers.hysteresis import check_last_tiers
from riskkit.tiers.overrides import check_overrides
from riskkit.workflow.given_files import read_given_csv, read_given_parquet
from riskkit.workflow.tier_changes import count_changes

if TYPE_CHECKING:
    from pathlib import Path

    from riskkit.tiers.policy import TierPolicy
    from riskkit.workflow.bundle import Bundle


@dataclass(frozen=True)
class TierFiles:
    """Files with what is known of the tiers beside the model.

    Parameters
    ----------
    last : pathlib.Path, optional
        Parquet file of the last assignment, such as ``scores.parquet``, ``rates.parquet`` or the ``tiers.parquet`` of
        a worklist of the year before.
    overrides : pathlib.Path, optional
        CSV file of clinicians: `person_id`, `risk_tier`, `code`, `author`, `expiry_date`, and `start_date` where the
        first day matters.
    """

    last: Path | None = None
    overrides: Path | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no file was given."""
        return self.last is None and self.overrides is None


def read_tier_history(files: TierFiles | None, policy: TierPolicy | None, *, place: str) -> TierHistory:
    """Read last tiers and overrides and hold them against the policy, before any work is done.

    Parameters
    ----------
    files : TierFiles or None
        The files.
    policy : TierPolicy or None
        The tier policy that they are for.
    place : str
        Whose policy it is, for the message.

    Returns
    -------
    TierHistory
        What the files hold; empty without files.

    Raises
    ------
    PolicyError
        If there is no tier policy to apply them to.
    DataContractError
        If a file is missing or cannot be read, lacks a column, or holds what the policy does not know.
    """
    if files is None or files.is_empty:
        return TierHistory()
    if policy is None:
        message = f"{place}: it holds no tier policy, so no last tier and no override can be applied. Leave them out."
        raise PolicyError(message)
    last = None if files.last is None else _read_last(files.last)
    overrides = None if files.overrides is None else _read_overrides(files.overrides)
    for path, frame, check in ((files.last, last, check_last_tiers), (files.overrides, overrides, check_overrides)):
        if frame is None:
            continue
        try:
            check(policy, frame)
        except DataContractError as exc:
            message = f"{path}: {exc}"
            raise DataContractError(message) from exc
    return TierHistory(last, overrides)


def read_bundle_history(bundle: Bundle, files: TierFiles | None, *, policy: TierPolicy | None = None) -> TierHistory:
    """Read the history for a bundle that is applied: whoever names last tiers here expects that they are held.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    files : TierFiles or None
        The files.
    policy : TierPolicy, optional
        Another tier policy than the bundle's.

    Returns
    -------
    TierHistory
        What the files hold.

    Raises
    ------
    RiskkitError
        As `read_tier_history` does, and if there are last tiers and the policy has no hysteresis.
    """
    chosen = policy or (bundle.tiers.policy if bundle.tiers else None)
    history = read_tier_history(files, chosen, place=f"bundle {bundle.scheme}")
    require_hysteresis(history, chosen)
    return history


def require_hysteresis(history: TierHistory, policy: TierPolicy | None) -> None:
    """Refuse last tiers where the policy has nothing to hold them by.

    Parameters
    ----------
    history : TierHistory
        The history.
    policy : TierPolicy or None
        The policy that it is for.

    Raises
    ------
    DataContractError
        If there are last tiers and the policy has no hysteresis.
    """
    if history.last is not None and policy is not None and policy.hysteresis is None:
        message = (
            f"tiers {policy.name!r}: no [hysteresis], so no last tier can be held. Add the block, or give no last "
            "tiers."
        )
        raise DataContractError(message)


def match_history(history: TierHistory, members: pd.DataFrame) -> TierHistory:
    """Match the persons of last tiers and overrides with members.

    Parameters
    ----------
    history : TierHistory
        From `read_tier_history`. Overrides may name persons as the source does, or as riskkit writes them.
    members : pandas.DataFrame
        `person_id` (hashed), `index_date`.

    Returns
    -------
    TierHistory
        The same with identifiers hashed.

    Raises
    ------
    DataContractError
        If not one person is among the members, or a last tier is not of an earlier day.
    """
    persons = set(members["person_id"])
    last, overrides = history.last, history.overrides
    if last is not None:
        _require_someone(last["person_id"], persons, "last tiers")
        _require_earlier(last, members)
    if overrides is not None and len(overrides):
        overrides = _match_overrides(overrides, persons)
        _require_someone(overrides["person_id"], persons, "overrides")
    return replace(history, last=last, overrides=overrides)


def summarise_tier_files(
    files: TierFiles | None, tiers: pd.DataFrame, *, overrides: pd.DataFrame | None = None
) -> dict[str, Any] | None:
    """Say which files the final tiers rest on, and what they did.

    Parameters
    ----------
    files : TierFiles or None
        The files, as they were applied.
    tiers : pandas.DataFrame
        Final tiers, as `assign_final_tiers` returns them; other columns are left alone.
    overrides : pandas.DataFrame, optional
        The overrides as `match_history` returned them; read and matched anew where they are not at hand.

    Returns
    -------
    dict or None
        `last_scores` and `overrides` (`file` and `sha256` of each; None where not given) and `changes`, what
        `count_changes` returns; None without files.
    """
    if files is None or files.is_empty:
        return None
    if overrides is None and files.overrides is not None:
        given = _read_overrides(files.overrides)
        overrides = _match_overrides(given, set(tiers["person_id"])) if len(given) else given
    return {
        "last_scores": _name_file(files.last),
        "overrides": _name_file(files.overrides),
        "changes": count_changes(tiers, overrides),
    }


def _name_file(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    return {"file": path.as_posix(), "sha256": hash_file(path)}


def _match_overrides(overrides: pd.DataFrame, persons: set[str]) -> pd.DataFrame:
    """Name persons as riskkit writes them, whether the file does or names them as the source has them."""
    given = overrides["person_id"]
    hashed = hash_person_ids(given, read_id_key()).set_axis(given.index)
    return overrides.assign(person_id=given.where(given.isin(persons), hashed).astype("str"))


def _read_last(path: Path) -> pd.DataFrame:
    """Read the last assignment: whole, with dates that are dates."""
    last = read_given_parquet(path, expected="last year's tiers", advice="the scores.parquet of the year before")
    require_columns(last, ["person_id", "index_date", "risk_tier"], str(path))
    days = ["index_date", *(["tier_since"] if "tier_since" in last else [])]
    dated = last.assign(**{day: _as_days(last[day], path) for day in days})
    late = int((dated[days[-1]] > dated["index_date"]).sum())
    if late:
        message = (
            f"{path}: tier_since of {late} of {len(dated)} rows is after index_date, when the tier was given. Give the "
            "scores.parquet of the year before as it was written."
        )
        raise DataContractError(message)
    return dated[["person_id", *days, "risk_tier"]]


def _read_overrides(path: Path) -> pd.DataFrame:
    """Read the clinicians' list: text, with an expiry that is a date."""
    given = read_given_csv(path, expected="person_id, risk_tier, code, author, expiry_date")
    if "start_date" in given:
        said = given["start_date"].notna() & (given["start_date"].str.strip() != "")
        days = _as_days(given.loc[said, "start_date"], path).reindex(given.index)
        given = given.assign(start_date=days)
    if "expiry_date" not in given:
        return given
    return given.assign(expiry_date=_as_days(given["expiry_date"], path))


def _as_days(values: pd.Series[Any], path: Path) -> pd.Series[Any]:
    """Read dates; one that is missing or no date is refused."""
    if values.dtype.kind != "M":
        values = pd.to_datetime(values.astype("str"), errors="coerce", format="%Y-%m-%d")
    if values.isna().any():
        message = (
            f"{path}: {values.name} is empty or no date in {values.isna().sum()} of {len(values)} rows, expected "
            "YYYY-MM-DD. Correct it."
        )
        raise DataContractError(message)
    return values.astype("datetime64[us]")


def _require_someone(given: pd.Series[str], persons: set[str], name: str) -> None:
    if not given.isin(persons).any():
        message = (
            f"{name}: none of {given.nunique():,} persons is among the {len(persons):,} members. Give the file of "
            "these members, written under the same RISKKIT_ID_KEY."
        )
        raise DataContractError(message)


def _require_earlier(last: pd.DataFrame, members: pd.DataFrame) -> None:
    day, today = last["index_date"].max(), members["index_date"].min()
    if day >= today:
        message = (
            f"last tiers: of {day:%Y-%m-%d}, expected a day before {today:%Y-%m-%d}, the index date of the members. "
            "Give the file of the year before."
        )
        raise DataContractError(message)

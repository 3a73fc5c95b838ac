"""Rows to be scored: what a batch or a request holds, checked before anything is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from riskkit.workflow.bundle import Bundle

KEYS = ["person_id", "index_date"]


def read_rows(bundle: Bundle, members: pd.DataFrame) -> pd.DataFrame:
    """Check the rows to be scored and read their features as numbers.

    Parameters
    ----------
    bundle : Bundle
        The bundle, for its features.
    members : pandas.DataFrame
        As for `score_members`.

    Returns
    -------
    pandas.DataFrame
        `person_id`, `region` and `exposure_months` where given, `index_date`, and the features as float64; rows in the
        given order.

    Raises
    ------
    DataContractError
        If there is no row, a column is missing or holds no numbers, or a member stands twice.
    """
    missing = [name for name in ["person_id", *bundle.feature_names] if name not in members]
    if missing:
        message = (
            f"members: column {missing[0]!r} is missing ({len(missing)} in all); the bundle {bundle.scheme!r} needs "
            f"person_id and {len(bundle.feature_names)} features. Build them with 'riskkit features'."
        )
        raise DataContractError(message)
    if members.empty:
        message = "members: no row, expected one or more. Send at least one member."
        raise DataContractError(message)
    context = [name for name in ("region", "exposure_months") if name in members]
    features = _as_numbers(members[bundle.feature_names])
    frame = pd.concat([members[["person_id", *context]].assign(index_date=_dates(members)), features], axis=1)
    frame = frame.reset_index(drop=True)
    twice = frame.duplicated(KEYS)
    if twice.any():
        first = frame.loc[twice, "person_id"].iloc[0]
        message = f"members: {int(twice.sum())} rows repeat a member (first person_id={first!r}). Send each one once."
        raise DataContractError(message)
    return frame


def _dates(members: pd.DataFrame) -> pd.Series[pd.Timestamp] | pd.Timestamp:
    """Read the index dates; a request may send none: one fixed day stands in, and nothing is computed from it."""
    day = pd.Timestamp(1970, 1, 1)
    if "index_date" not in members:
        return day
    try:
        return pd.to_datetime(members["index_date"]).astype("datetime64[us]").fillna(day)
    except (TypeError, ValueError) as exc:
        message = "members: an index_date is no date, expected YYYY-MM-DD. Correct it, or leave the column out."
        raise DataContractError(message) from exc


def _as_numbers(features: pd.DataFrame) -> pd.DataFrame:
    """Read features as numbers; the message names the column and never the member's value."""
    columns = {}
    for name in features:
        try:
            columns[name] = features[name].astype("float64")
        except (TypeError, ValueError) as exc:
            message = f"members: column {name!r} holds a value that is no number. Send a number, or leave it missing."
            raise DataContractError(message) from exc
    return pd.DataFrame(columns, index=features.index)

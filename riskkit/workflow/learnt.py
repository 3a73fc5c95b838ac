"""What the models of a bundle learnt from, so that an evaluation on the same rows says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from riskkit.workflow.scheme import Scheme


@dataclass(frozen=True)
class Learnt:
    """Index dates whose rows taught the models.

    Parameters
    ----------
    split : str
        ``"time"`` or ``"persons"``; ``"unknown"`` of a bundle that does not say, where every date counts.
    dates : tuple of datetime.date
        The dates, oldest first; of discharges the first and the last.
    discharges : bool, default False
        Whether every day between the first and the last may have taught.
    """

    split: str
    dates: tuple[date, ...]
    discharges: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as the bundle's file holds them.

        Returns
        -------
        dict
            `split`, `dates`, `discharges`.
        """
        days = [day.isoformat() for day in self.dates]
        return {"split": self.split, "dates": days, "discharges": self.discharges}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Learnt:
        """Read what `to_dict` gave.

        Parameters
        ----------
        content : dict
            Plain values.

        Returns
        -------
        Learnt
            The same.
        """
        days = tuple(date.fromisoformat(day) for day in content["dates"])
        return cls(content["split"], days, content["discharges"])

    def find_shared(self, cohort: pd.DataFrame) -> list[date]:
        """Find the index dates of a cohort that taught the models.

        Parameters
        ----------
        cohort : pandas.DataFrame
            Column `index_date`.

        Returns
        -------
        list of datetime.date
            Oldest first.

        Examples
        --------
        >>> learnt = Learnt("time", (date(2021, 1, 1), date(2022, 1, 1)))
        >>> learnt.find_shared(pd.DataFrame({"index_date": pd.to_datetime(["2022-01-01", "2023-01-01"])}))
        [datetime.date(2022, 1, 1)]
        """
        days = sorted({day.date() for day in cohort["index_date"]})
        if self.discharges and self.dates:
            return [day for day in days if self.dates[0] <= day <= self.dates[-1]]
        return [day for day in days if day in self.dates]


def find_learnt(scheme: Scheme, cohort: pd.DataFrame, drift: dict[str, Any] | None) -> Learnt:
    """Say which index dates a training learnt from.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    cohort : pandas.DataFrame
        Members that were trained, calibrated and tested on.
    drift : dict or None
        The drift part of the summary.

    Returns
    -------
    Learnt
        Under a split by time all index dates but the last, which is the test; by persons all, since the kept models
        learn from every person. A later date at which a map was changed is one more.
    """
    days = sorted({day.date() for day in cohort["index_date"]})
    split, discharges = scheme.file.split.method, "claim_id" in cohort
    if split == "time":
        days = days[:-1]
    if drift and any((one["update"] or {}).get("made") for one in drift["outcomes"].values()):
        days = sorted({*days, date.fromisoformat(drift["index_date"])})
    return Learnt(split, (days[0], days[-1]) if discharges else tuple(days), discharges)


def require_unseen(learnt: Learnt, index_date: date, horizon_days: int) -> None:
    """Refuse a year of which the models have learnt.

    Parameters
    ----------
    learnt : Learnt
        What the models learnt from.
    index_date : datetime.date
        Start of the year.
    horizon_days : int
        Days that a row looks ahead.

    Raises
    ------
    DataContractError
        If the year begins before the outcomes of the last date that taught the models were all in.
    """
    if not learnt.dates:
        return
    last = max(learnt.dates)
    first = last + timedelta(days=horizon_days)
    if index_date < first:
        message = (
            f"--index-date {index_date}: the models learnt from rows of {last} and what followed in {horizon_days} "
            f"days, expected {first} or later. Give a later year, or --other-persons where the source holds persons "
            "that the models have not seen."
        )
        raise DataContractError(message)


def say_learnt(learnt: Learnt, cohort: pd.DataFrame) -> str | None:
    """Say that the rows of an evaluation taught the models.

    Parameters
    ----------
    learnt : Learnt
        What the models learnt from.
    cohort : pandas.DataFrame
        Members of the evaluation.

    Returns
    -------
    str or None
        A sentence; None where no index date is shared.
    """
    shared = learnt.find_shared(cohort)
    if not shared:
        return None
    shown = ", ".join(day.isoformat() for day in shared) if len(shared) < 4 else f"{shared[0]} to {shared[-1]}"
    how = "may have learnt" if learnt.split == "unknown" else f"learnt (split by {learnt.split})"
    return (
        f"NOT OF UNSEEN MEMBERS, unless the source holds other persons: the models {how} from the rows of {shown}. "
        "Give an --index-date after the training for figures to rely on."
    )

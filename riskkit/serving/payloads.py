"""Payloads: what a request may hold, checked before anything is computed."""

from __future__ import annotations

from typing import Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator


class SplitFrame(BaseModel):
    """A frame as MLflow's ``dataframe_split`` sends it.

    Parameters
    ----------
    columns : list of str
        Column names.
    data : list of list
        Rows; null is missing.
    """

    model_config = ConfigDict(extra="ignore")

    columns: list[str]
    data: list[list[str | float | None]]

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.data):
            message = f"every row must have {len(self.columns)} values, one per column"
            raise ValueError(message)
        return self


class Invocation(BaseModel):
    """A request to ``/invocations``: members in either of MLflow's two frame layouts.

    Parameters
    ----------
    dataframe_split : SplitFrame, optional
        Columns and rows.
    dataframe_records : list of dict, optional
        One object per member.
    """

    model_config = ConfigDict(extra="forbid")

    dataframe_split: SplitFrame | None = None
    dataframe_records: list[dict[str, str | float | None]] | None = Field(default=None)

    @model_validator(mode="after")
    def _one_layout(self) -> Self:
        if (self.dataframe_split is None) == (self.dataframe_records is None):
            message = "send either dataframe_split or dataframe_records"
            raise ValueError(message)
        return self

    def to_frame(self) -> pd.DataFrame:
        """Return the members as a frame.

        Returns
        -------
        pandas.DataFrame
            One row per member.
        """
        if self.dataframe_split is not None:
            return pd.DataFrame(self.dataframe_split.data, columns=self.dataframe_split.columns)
        return pd.DataFrame(self.dataframe_records)


class Member(BaseModel):
    """A request to ``/score``: one member, with last year's tier and an override where there are any.

    Parameters
    ----------
    person_id : str
        Identifier that the answer carries back.
    region : str, optional
        Region, where the rate has regional factors.
    index_date : str, optional
        Index date as YYYY-MM-DD; needed beside last year's tier or an override, as both count from it.
    last_risk_tier, last_index_date, last_tier_since : str, optional
        Last year's final tier, the index date that it is of, and since when the member has been in it, where it was
        kept. The first two go together.
    override_risk_tier, override_code, override_author, override_expiry, override_start : str, optional
        A clinician's override: the tier, the policy's code, who answers for it, the first day on which it no longer
        holds, and the first on which it does, where it is known. All but the last go together.
    features : dict of str to float or None
        Every feature of the bundle; null is not measured.
    """

    model_config = ConfigDict(extra="forbid")

    person_id: str
    region: str | None = None
    index_date: str | None = None
    last_risk_tier: str | None = None
    last_index_date: str | None = None
    last_tier_since: str | None = None
    override_risk_tier: str | None = None
    override_code: str | None = None
    override_author: str | None = None
    override_expiry: str | None = None
    override_start: str | None = None
    features: dict[str, float | None]

    def to_frame(self) -> pd.DataFrame:
        """Return the member as a frame of one row.

        Returns
        -------
        pandas.DataFrame
            The row.
        """
        sent = self.model_dump(exclude={"features", "changes"}, exclude_none=True)
        return pd.DataFrame([{**sent, **self.features}])


class Question(Member):
    """A request to ``/whatif``: one member, and what is to be changed.

    Parameters
    ----------
    changes : dict of str to float or None
        New values by feature; null is not measured.
    """

    changes: dict[str, float | None]

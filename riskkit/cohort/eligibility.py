"""Eligibility: which members stand at which index date, with the share of each rule in the flow."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import pandas as pd
from pydantic import Field

from riskkit.cohort.episodes import read_episodes
from riskkit.cohort.exposure import compute_exposure_months, enrolled_days
from riskkit.errors import DataContractError
from riskkit.policy import PolicyModel

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTEXT = ["age_years", "sex", "region", "urban", "insurance_type", "team_id", "institution_level"]


class CohortSpec(PolicyModel):
    """The cohort block of a scheme.

    Parameters
    ----------
    kind : {"annual", "discharge"}
        One row per member and index date, or one per discharge alive.
    index_dates : tuple of datetime.date
        Index dates of an annual cohort with a known outcome, oldest first.
    rating_date : datetime.date, optional
        Index date of the members who are scored and rated; its outcome is not needed.
    horizon_days : int
        Length of the outcome window.
    continuous_days : int
        Days before the index date over which enrolment is asked for; of an annual cohort only.
    allowed_gap_days : int
        Days without enrolment that are forgiven in that time.
    as_of_lag_days : int
        Days after the index date at which the payer's knowledge is frozen.
    minimum_age_years : int
        Youngest age at the index date, reached on the birthday.
    allow_chain : bool
        Of a discharge cohort: True lets a readmission be an index discharge of its own; otherwise an admission within
        `horizon_days` of an index discharge is that one's readmission and nothing more.
    """

    kind: Literal["annual", "discharge"] = "annual"
    index_dates: tuple[date, ...] = ()
    rating_date: date | None = None
    horizon_days: int = Field(default=365, gt=0)
    continuous_days: int = Field(default=180, ge=0)
    allowed_gap_days: int = Field(default=45, ge=0)
    as_of_lag_days: int = Field(default=0, ge=0)
    minimum_age_years: int = Field(default=0, ge=0)
    allow_chain: bool = False


def build_annual_cohort(
    person: pd.DataFrame, enrollment: pd.DataFrame, spec: CohortSpec, index_dates: Sequence[date]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Select the members who stand at each index date.

    Parameters
    ----------
    person : pandas.DataFrame
        Canonical person table.
    enrollment : pandas.DataFrame
        Canonical enrollment table.
    spec : CohortSpec
        Rules of the scheme.
    index_dates : sequence of datetime.date
        Index dates to build.

    Returns
    -------
    cohort : pandas.DataFrame
        One row per `person_id`, `index_date`: `as_of_date`, `exposure_months` (member months in the outcome window)
        and the context columns; sorted by key.
    flow : pandas.DataFrame
        `index_date`, `step`, `members`: how many stay after each rule.

    Raises
    ------
    DataContractError
        If there is no index date, or nobody is left at one of them; the message says after which rule.
    """
    if not index_dates:
        message = "cohort: no index date. Expected at least one in [cohort] index_dates; add it."
        raise DataContractError(message)
    parts = [_at_index(person, enrollment, spec, pd.Timestamp(day)) for day in index_dates]
    for day, (part, steps) in zip(index_dates, parts, strict=True):
        if part.empty:
            raise DataContractError(_say_empty(day, enrollment, steps))
    cohort = pd.concat([part for part, _ in parts], ignore_index=True)
    flow = pd.concat([steps for _, steps in parts], ignore_index=True)
    return cohort.sort_values(["person_id", "index_date"], ignore_index=True), flow


def _say_empty(day: date, enrollment: pd.DataFrame, flow: pd.DataFrame) -> str:
    left = ", ".join(f"{members} {step}" for step, members in zip(flow["step"], flow["members"], strict=True))
    if enrollment.empty:
        span = "the enrollment table is empty"
    else:
        span = (
            f"enrolment runs from {enrollment['start_date'].min():%Y-%m-%d} to {enrollment['end_date'].max():%Y-%m-%d}"
        )
    return f"cohort: nobody is eligible at {day} ({left}); {span}. Correct the index date, or add the enrolment."


def _at_index(
    person: pd.DataFrame, enrollment: pd.DataFrame, spec: CohortSpec, index: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Apply the rules one after another at one index date."""
    known = person[person["birth_date"] < index]
    alive = known[known["death_date"].isna() | (known["death_date"] >= index)]
    current = enrollment[(enrollment["start_date"] <= index) & (enrollment["end_date"] > index)]
    current = current.sort_values(["person_id", "start_date"]).drop_duplicates("person_id", keep="last")
    enrolled = alive.merge(current, on="person_id", how="inner")
    past = enrolled_days(enrollment, index - pd.Timedelta(days=spec.continuous_days), index)
    held = past.reindex(enrolled["person_id"], fill_value=0.0).to_numpy()
    enough = held >= spec.continuous_days - spec.allowed_gap_days
    aged = enrolled.assign(age_years=(index - enrolled["birth_date"]).dt.days / 365.25)
    eligible = aged[enough & _of_age(enrolled["birth_date"], index, spec)]
    cohort = _with_clock(eligible, spec, index).assign(
        exposure_months=compute_exposure_months(eligible, enrollment, index, spec.horizon_days)
    )
    steps = {
        "known": len(known),
        "alive": len(alive),
        "enrolled on the index date": len(enrolled),
        f"enrolled for {spec.continuous_days} days before and of age": len(eligible),
        "with exposure in the outcome window": int((cohort["exposure_months"] > 0).sum()),
    }
    flow = pd.DataFrame({"index_date": index, "step": list(steps), "members": list(steps.values())})
    return cohort, flow


def _of_age(birth: pd.Series[pd.Timestamp], index: pd.Timestamp, spec: CohortSpec) -> pd.Series[bool]:
    """Go by the birthday: a year of 365.25 days would make a member of age a day late in three years out of four."""
    return birth <= index - pd.DateOffset(years=spec.minimum_age_years)


def _with_clock(members: pd.DataFrame, spec: CohortSpec, index: pd.Timestamp) -> pd.DataFrame:
    frame = members[["person_id", *CONTEXT]].reset_index(drop=True)
    return frame.assign(
        index_date=pd.Series(index, index=frame.index, dtype="datetime64[us]"),
        as_of_date=pd.Series(index + pd.Timedelta(days=spec.as_of_lag_days), index=frame.index, dtype="datetime64[us]"),
    )


def build_discharge_cohort(
    person: pd.DataFrame, enrollment: pd.DataFrame, medical_claim: pd.DataFrame, spec: CohortSpec
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Select discharges alive; the index date is the day after, so that the stay itself is known and nothing later.

    Parameters
    ----------
    person, enrollment, medical_claim : pandas.DataFrame
        Canonical tables.
    spec : CohortSpec
        Rules of the scheme.

    Returns
    -------
    cohort : pandas.DataFrame
        One row per `person_id`, `index_date` with `claim_id`, `as_of_date`, `exposure_months` and context columns.
    flow : pandas.DataFrame
        `index_date` (missing), `step`, `members`: discharges that stay after each rule.

    Raises
    ------
    DataContractError
        If there is no discharge.

    Notes
    -----
    Contiguous stays are one admission, so that a stay that was split or handed on has one discharge, and `claim_id` is
    that of the stay that ended it. An admission that ends in death cannot be followed by a readmission; one whose
    discharge is not stated, or that ended in a transfer whose other side is not in the data, is no index. Team and
    institution are those of the span that had begun by the index date, never of a later one.
    """
    episodes = read_episodes({"medical_claim": medical_claim})
    stated = episodes[episodes["discharge_status"].notna()]
    alive = stated[stated["discharge_status"] != "died"]
    home = alive[alive["discharge_status"] != "transfer"]
    if home.empty:
        message = "cohort: no inpatient stay with a stated discharge alive. Check medical_claim.discharge_status."
        raise DataContractError(message)
    grown = _with_index(home, person, spec)
    index = grown if spec.allow_chain else grown[_is_no_readmission(grown, spec.horizon_days)]
    steps = {
        "inpatient stays": int(episodes["stays"].sum()),
        "admissions, contiguous stays merged": len(episodes),
        "with a stated discharge": len(stated),
        "discharged alive": len(alive),
        "not transferred": len(home),
        "of age": len(grown),
        **({} if spec.allow_chain else {f"no readmission within {spec.horizon_days} days of another": len(index)}),
    }
    flow = pd.DataFrame({"index_date": pd.NaT, "step": list(steps), "members": list(steps.values())})
    columns = ["person_id", "index_date", "as_of_date", "exposure_months", "claim_id", *CONTEXT]
    return _with_team(index, enrollment)[columns].sort_values(["person_id", "index_date"], ignore_index=True), flow


def _with_index(discharges: pd.DataFrame, person: pd.DataFrame, spec: CohortSpec) -> pd.DataFrame:
    """Give each discharge of a member of age its index date and clock."""
    members = discharges[["person_id", "claim_id", "start_date", "end_date"]].merge(person, on="person_id")
    index = members["end_date"] + pd.Timedelta(days=1)
    members = members.assign(
        index_date=index,
        as_of_date=index + pd.Timedelta(days=spec.as_of_lag_days),
        age_years=(index - members["birth_date"]).dt.days / 365.25,
        exposure_months=12.0 * spec.horizon_days / 365.0,
    )
    of_age = members["birth_date"] <= members["index_date"] - pd.DateOffset(years=spec.minimum_age_years)
    return members[of_age].sort_values(["person_id", "index_date"], ignore_index=True)


def _is_no_readmission(discharges: pd.DataFrame, horizon_days: int) -> list[bool]:
    """Say which discharges are not those of a readmission to an index discharge before them."""
    kept: list[bool] = []
    person, closes = None, pd.Timestamp.min
    for name, start, index in zip(
        discharges["person_id"], discharges["start_date"], discharges["index_date"], strict=True
    ):
        is_index = name != person or start >= closes
        if is_index:
            person, closes = name, index + pd.Timedelta(days=horizon_days)
        kept.append(is_index)
    return kept


def _with_team(members: pd.DataFrame, enrollment: pd.DataFrame) -> pd.DataFrame:
    spans = enrollment[["person_id", "start_date", "team_id", "institution_level"]].sort_values("start_date")
    return pd.merge_asof(
        members.drop(columns="start_date").sort_values("index_date"),
        spans,
        left_on="index_date",
        right_on="start_date",
        by="person_id",
    )

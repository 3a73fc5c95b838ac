"""Eligibility: which members stand at which index date, with the share of each rule in the flow."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import pandas as pd
from pydantic import Field

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
        Days before the index date over which enrolment is asked for.
    allowed_gap_days : int
        Days without enrolment that are forgiven in that time.
    as_of_lag_days : int
        Days after the index date at which the payer's knowledge is frozen.
    minimum_age_years : int
        Youngest age at the index date.
    """

    kind: Literal["annual", "discharge"] = "annual"
    index_dates: tuple[date, ...] = ()
    rating_date: date | None = None
    horizon_days: int = Field(default=365, gt=0)
    continuous_days: int = Field(default=180, ge=0)
    allowed_gap_days: int = Field(default=45, ge=0)
    as_of_lag_days: int = Field(default=0, ge=0)
    minimum_age_years: int = Field(default=0, ge=0)


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
        If nobody is left.
    """
    parts = [_at_index(person, enrollment, spec, pd.Timestamp(day)) for day in index_dates]
    cohort = pd.concat([part for part, _ in parts], ignore_index=True)
    if cohort.empty:
        days = ", ".join(str(day) for day in index_dates)
        message = f"cohort: nobody is eligible at {days}. Check the index dates against the enrolment dates."
        raise DataContractError(message)
    flow = pd.concat([steps for _, steps in parts], ignore_index=True)
    return cohort.sort_values(["person_id", "index_date"], ignore_index=True), flow


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
    enough = enrolled["person_id"].map(past).fillna(0) >= spec.continuous_days - spec.allowed_gap_days
    age = (index - enrolled["birth_date"]).dt.days / 365.25
    eligible = enrolled.assign(age_years=age)[enough & (age >= spec.minimum_age_years)]
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
        `step`, `members`: discharges that stay after each rule.

    Raises
    ------
    DataContractError
        If there is no discharge.

    Notes
    -----
    A stay that ends in death cannot be followed by a readmission, and one whose discharge is not stated is no index
    stay. Two discharges on one day count as one.
    """
    stays = medical_claim[medical_claim["setting"].eq("inpatient") & medical_claim["adjustment"].eq("original")]
    stated = stays[stays["discharge_status"].notna()]
    alive = stated[stated["discharge_status"] != "died"].sort_values(["person_id", "end_date", "claim_id"])
    single = alive.drop_duplicates(["person_id", "end_date"], keep="last")
    if single.empty:
        message = "cohort: no inpatient stay with a stated discharge alive. Check medical_claim.discharge_status."
        raise DataContractError(message)
    teams = enrollment.sort_values("start_date").drop_duplicates("person_id", keep="last")
    members = single[["person_id", "claim_id", "end_date"]].merge(person, on="person_id")
    members = members.merge(teams[["person_id", "team_id", "institution_level"]], on="person_id", how="left")
    index = members["end_date"] + pd.Timedelta(days=1)
    members = members.assign(
        index_date=index,
        as_of_date=index + pd.Timedelta(days=spec.as_of_lag_days),
        age_years=(index - members["birth_date"]).dt.days / 365.25,
        exposure_months=12.0 * spec.horizon_days / 365.0,
    )
    steps = {
        "inpatient stays": len(stays),
        "with a stated discharge": len(stated),
        "discharged alive": len(alive),
        "one per member and day": len(single),
    }
    flow = pd.DataFrame({"index_date": pd.NaT, "step": list(steps), "members": list(steps.values())})
    columns = ["person_id", "index_date", "as_of_date", "exposure_months", "claim_id", *CONTEXT]
    return members[columns].sort_values(["person_id", "index_date"], ignore_index=True), flow

"""Follow-up: what a package owes each member in a year, and the worklist of what is due."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from riskkit.policy import PolicyModel, PolicyNumber
from riskkit.tiers.blocks import CLASSES
from riskkit.tiers.cuts import KEY, require_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAYS_A_YEAR = 365


class Service(PolicyModel):
    """A service and how often a package owes it.

    Parameters
    ----------
    name, title, title_zh : str
        The service, and its name for a reader.
    days_since : str, optional
        Feature with the days since it was last given; missing is never. Without it no record says that it was given:
        it is due today, and never late.
    per_year : dict of str to PolicyNumber
        Times a year by package; a package that is not named does not owe it.
    per_year_by_class : dict of str to PolicyNumber, optional
        Times a year by management class, where the tiers have a second axis; of class and package the more often
        counts, and a package that does not owe the service does not owe it to any class.

    References
    ----------
    .. [1] POLICY_RULES C3: key, regular and general management set how often a member is followed up.
    """

    name: str
    title: str
    title_zh: str
    days_since: str | None = None
    per_year: dict[str, PolicyNumber] = Field(min_length=1)
    per_year_by_class: dict[str, PolicyNumber] = Field(default_factory=dict)

    @field_validator("per_year", "per_year_by_class")
    @classmethod
    def _positive(cls, per_year: dict[str, PolicyNumber]) -> dict[str, PolicyNumber]:
        for name, number in per_year.items():
            if not number.value > 0:
                message = f"{name!r} must be above 0 a year, got {number.value}. Leave it out"
                raise ValueError(message)
        return per_year

    @field_validator("per_year_by_class")
    @classmethod
    def _known_and_rising(cls, per_year: dict[str, PolicyNumber]) -> dict[str, PolicyNumber]:
        strange = sorted(set(per_year) - set(CLASSES))
        values = [per_year[name].value for name in CLASSES if name in per_year]
        if strange or values != sorted(values):
            message = (
                f"must name some of {', '.join(CLASSES)} and not fall from one to the next, got "
                f"{ ({name: number.value for name, number in per_year.items()}) }. Correct it"
            )
            raise ValueError(message)
        return per_year


class Target(PolicyNumber):
    """A control target from an age on.

    Parameters
    ----------
    from_age : float
        First age for which it holds.
    """

    from_age: float


class FollowUpPolicy(PolicyModel):
    """A follow-up schedule as written in ``models/followup/*.toml``.

    Parameters
    ----------
    name, title, title_zh, reference : str
        The schedule and where it comes from.
    effective : datetime.date
        First day on which it holds.
    services : tuple of Service
        What the packages owe.
    hba1c_targets : tuple of Target
        HbA1c targets by age, rising in age; below the first age none is set.
    """

    name: str
    title: str
    title_zh: str
    reference: str
    effective: date
    services: tuple[Service, ...] = Field(min_length=1)
    hba1c_targets: tuple[Target, ...] = ()

    @model_validator(mode="after")
    def _rising(self) -> FollowUpPolicy:
        ages = [target.from_age for target in self.hba1c_targets]
        if ages != sorted(set(ages)):
            message = f"hba1c_targets: from_age must rise, got {ages}. Correct their order"
            raise ValueError(message)
        return self


def make_worklist(policy: FollowUpPolicy, assigned: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """List what each member is owed and when it is due, overdue first.

    Parameters
    ----------
    policy : FollowUpPolicy
        The schedule.
    assigned : pandas.DataFrame
        Keys, `risk_tier`, `package`, and `management_class` where there is one.
    members : pandas.DataFrame
        Keys, `age_years`, `team_id`, and the features of the schedule.

    Returns
    -------
    pandas.DataFrame of shape (n_services_due, 9 or 10)
        `team_id`, `person_id`, `index_date`, `risk_tier`, `management_class` where known, `package`, `service`,
        `due_date`, `overdue_days` (0 where it is still to come), `hba1c_target` (% NGSP, missing without one). Sorted
        by team, overdue days from the most, person and service.

    Raises
    ------
    DataContractError
        If a column is absent.

    References
    ----------
    .. [1] POLICY_RULES C20 and C21.
    """
    wanted = [service.days_since for service in policy.services if service.days_since is not None]
    require_columns(members, [*KEY, "age_years", "team_id", *wanted], "worklist members")
    carried = [name for name in ("risk_tier", "management_class", "package") if name in assigned]
    rows = assigned[[*KEY, *carried]].merge(
        members[[*KEY, "age_years", "team_id", *dict.fromkeys(wanted)]], on=KEY, how="left", validate="one_to_one"
    )
    rows["hba1c_target"] = _find_targets(policy, rows["age_years"].to_numpy(dtype=np.float64, na_value=np.nan))
    parts = [_list_due(service, rows) for service in policy.services]
    listed = pd.concat(parts, ignore_index=True)
    columns = ["team_id", *KEY, *carried, "service", "due_date", "overdue_days", "hba1c_target"]
    listed["team_id"] = listed["team_id"].astype("object").fillna("no team").astype("str")
    ordered = listed.sort_values(
        ["team_id", "overdue_days", "person_id", "service"], ascending=[True, False, True, True], ignore_index=True
    )
    return ordered[columns]


def _list_due(service: Service, rows: pd.DataFrame) -> pd.DataFrame:
    """List when one service is due for the members whose package owes it."""
    per_year = {package: number.value for package, number in service.per_year.items()}
    owed = rows[rows["package"].isin(list(per_year))]
    times = owed["package"].map(per_year).to_numpy(dtype=np.float64)
    if service.per_year_by_class and "management_class" in owed:
        by_class = {name: number.value for name, number in service.per_year_by_class.items()}
        times = np.fmax(times, owed["management_class"].map(by_class).to_numpy(dtype=np.float64, na_value=np.nan))
    every = DAYS_A_YEAR / times
    given = pd.Series(np.nan, index=owed.index) if service.days_since is None else owed[service.days_since]
    since = given.to_numpy(dtype=np.float64, na_value=np.nan)
    # never given: due today
    left = np.where(np.isnan(since), 0.0, np.floor(every) - since)
    day = owed["index_date"].to_numpy().astype("datetime64[D]") + np.maximum(left, 0).astype("timedelta64[D]")
    return owed.assign(
        service=service.name,
        due_date=day.astype("datetime64[us]"),
        overdue_days=np.maximum(-left, 0).astype(np.int64),
    )


def _find_targets(policy: FollowUpPolicy, age: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the HbA1c target of each age, NaN below the first or without an age."""
    starts = np.array([target.from_age for target in policy.hba1c_targets])
    values = np.array([np.nan, *(target.value for target in policy.hba1c_targets)])
    place = np.where(np.isnan(age), 0, np.searchsorted(starts, age, side="right"))
    found: NDArray[np.float64] = values[place]
    return found

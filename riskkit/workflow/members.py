"""Members: a cohort, its features as they were known, and its labels, from the tables of one source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.cohort.eligibility import build_annual_cohort, build_discharge_cohort
from riskkit.data.codes import build_code_map, read_code_lists
from riskkit.features.audit import audit_sample
from riskkit.features.build import build_features
from riskkit.features.contents import make_catalogue
from riskkit.workflow.labels import LABELS, LabelTask
from riskkit.workflow.windows import is_closed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from riskkit.cohort.eligibility import CohortSpec
    from riskkit.cohort.events import FollowUpEnd
    from riskkit.data.io import Tables
    from riskkit.features.catalogue import Catalogue
    from riskkit.features.engines.protocol import Engine
    from riskkit.risk.spec import OutcomeSpec

    Progress = Callable[[str, int, int], None]

KEYS = ["person_id", "index_date"]
AUDITED = 100
"""Members whose features are built a second time, in another way, whenever features are built."""


@dataclass(frozen=True)
class Members:
    """Members at their index dates.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Cohort frame, sorted by key.
    features : pandas.DataFrame
        Features frame, in the same order.
    flow : pandas.DataFrame
        How many stay after each rule of eligibility.
    """

    cohort: pd.DataFrame
    features: pd.DataFrame
    flow: pd.DataFrame

    def at(self, rows: pd.Series[bool]) -> Members:
        """Keep some of the members.

        Parameters
        ----------
        rows : pandas.Series of bool
            True for the members to keep, in the order of the cohort.

        Returns
        -------
        Members
            Cohort and features of those members.
        """
        return Members(self.cohort[rows].reset_index(drop=True), self.features[rows].reset_index(drop=True), self.flow)


@dataclass(frozen=True)
class FeaturePlan:
    """What is computed for every member: the whole catalogue, the chosen part, and the code lists behind it.

    Parameters
    ----------
    everything : Catalogue
        The catalogue that the code lists allow.
    chosen : Catalogue
        The scheme's part of it.
    code_lists : pandas.DataFrame
        All code lists.
    """

    everything: Catalogue
    chosen: Catalogue
    code_lists: pd.DataFrame


def plan_features(
    codelist_directory: Path, groups: Sequence[str], names: Sequence[str] = (), exclude: Sequence[str] = ()
) -> FeaturePlan:
    """Choose the features of a scheme.

    Parameters
    ----------
    codelist_directory : pathlib.Path
        Folder of the code lists.
    groups, names : sequence of str
        Groups and single features.
    exclude : sequence of str, default ()
        Single features to leave out again.

    Returns
    -------
    FeaturePlan
        The choice.

    Raises
    ------
    PolicyError
        If a group or name is unknown.
    """
    code_lists = read_code_lists(codelist_directory)
    everything = make_catalogue(code_lists)
    return FeaturePlan(everything, everything.select(tuple(groups), tuple(names), tuple(exclude)), code_lists)


def build_members(
    tables: Tables,
    spec: CohortSpec,
    plan: FeaturePlan,
    *,
    index_dates: Sequence[date] = (),
    engine: Engine | None = None,
    audited: int = AUDITED,
    progress: Progress | None = None,
) -> Members:
    """Select a cohort and compute its features: the one function behind training, rating and scoring.

    A sample of the members is built again from the records that were known at their index dates, and compared.

    Parameters
    ----------
    tables : Tables
        Canonical tables of one source.
    spec : CohortSpec
        Rules of the cohort.
    plan : FeaturePlan
        Features to compute.
    index_dates : sequence of datetime.date
        Index dates of an annual cohort.
    engine : Engine, optional
        Where the features are computed; DuckDB inside this process where not given.
    audited : int, default 100
        Members of the sample that is built again.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    Members
        Cohort and features in one order.

    Raises
    ------
    LeakageError
        If a query reads past the window, or a sampled member's features are not those of the records known by then.
    """
    person, enrollment = tables.frame("person"), tables.frame("enrollment")
    if spec.kind == "discharge":
        cohort, flow = build_discharge_cohort(person, enrollment, tables.frame("medical_claim"), spec)
    else:
        cohort, flow = build_annual_cohort(person, enrollment, spec, index_dates)
    code_map = build_code_map(tables.paths, plan.code_lists)
    features = build_features(
        cohort,
        tables.paths,
        plan.chosen,
        everything=plan.everything,
        code_map=code_map,
        engine=engine,
        progress=progress,
    )
    audit_sample(
        cohort,
        features,
        tables.paths,
        plan.chosen,
        everything=plan.everything,
        code_map=code_map,
        members=audited,
    )
    return Members(cohort, features, flow)


def label_members(
    cohort: pd.DataFrame,
    tables: Tables,
    spec: OutcomeSpec,
    *,
    code_lists: pd.DataFrame | None = None,
    follow_up_end: FollowUpEnd = None,
) -> pd.DataFrame:
    """Label one outcome.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Cohort frame.
    tables : Tables
        Canonical tables that reach over the outcome window.
    spec : OutcomeSpec
        The outcome.
    code_lists : pandas.DataFrame, optional
        Every code list; needed where the outcome names groups of them.
    follow_up_end : pandas.Series or pandas.Timestamp, optional
        First day that a label may not look at, by row of the cohort or for all; where missing, the day after the last
        record.

    Returns
    -------
    pandas.DataFrame
        `person_id`, `index_date`, `observed`, `weight`, in the order of the cohort, and what the label has besides.
        A member whose window has not closed before that day has weight 0, save for hazards and readmissions.
    """
    labels = LABELS[spec.label](LabelTask(cohort, tables.paths, spec, code_lists, follow_up_end))
    closed = is_closed(cohort, tables.paths, spec, follow_up_end=follow_up_end)
    return labels.assign(weight=labels["weight"].where(closed, 0.0))

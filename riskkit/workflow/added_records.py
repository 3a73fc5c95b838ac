"""Added records: one more code, visit or unit of spend in the claims of a sample, and the features built again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from riskkit.data.codes import build_code_map
from riskkit.data.schemas import TABLES
from riskkit.features.audit import SHARED_GROUP
from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue
from riskkit.features.origins import find_tables
from riskkit.workflow.explanations import sample_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from riskkit.data.io import Tables
    from riskkit.workflow.members import FeaturePlan, Members

KEYS = ["person_id", "index_date"]
ROWS_AT_A_TIME: Final = 6000
"""Members whose features are built in one go: each query has a fixed cost, and each record a place in memory."""


@dataclass(frozen=True)
class RecordSample:
    """Some members of an audit with all their records, so that their features can be built again.

    Parameters
    ----------
    members : Members
        Cohort and features of the sample, one row per person.
    tables : dict of str to pandas.DataFrame
        Canonical records of these persons.
    plan : FeaturePlan
        The catalogue behind the features.
    code_map : pandas.DataFrame
        Groups of each code that occurs in the source.
    """

    members: Members
    tables: dict[str, pd.DataFrame]
    plan: FeaturePlan
    code_map: pd.DataFrame


@dataclass(frozen=True)
class Addition:
    """Records that some members of the sample get.

    Parameters
    ----------
    family, record : str
        What kind of change it is, and what is added.
    rows : mapping of str to pandas.DataFrame
        Rows by table; a row with the key of one that is there takes its place.
    """

    family: str
    record: str
    rows: Mapping[str, pd.DataFrame]

    @property
    def persons(self) -> set[str]:
        """Members who get something."""
        return {str(person) for frame in self.rows.values() for person in frame["person_id"]}


def take_sample(members: Members, tables: Tables, plan: FeaturePlan, *, most: int) -> RecordSample:
    """Take members evenly over a population, with their records.

    Parameters
    ----------
    members : Members
        Cohort and features at one index date.
    tables : Tables
        Canonical tables of the source.
    plan : FeaturePlan
        The catalogue behind the features.
    most : int
        Most members.

    Returns
    -------
    RecordSample
        The sample.
    """
    chosen = pd.Series(data=False, index=members.cohort.index)
    chosen.iloc[sample_rows(members.cohort, most)] = True
    sample = members.at(chosen)
    persons = set(sample.cohort["person_id"])
    frames = {}
    for name in tables.paths:
        frame = tables.frame(name)
        frames[name] = frame[frame["person_id"].isin(persons)].reset_index(drop=True)
    return RecordSample(sample, frames, plan, build_code_map(tables.paths, plan.code_lists))


def build_additions(
    sample: RecordSample, additions: Sequence[Addition], names: Sequence[str]
) -> Iterator[tuple[Addition, pd.DataFrame, pd.DataFrame]]:
    """Build the features of the members who get a record, with it, from the records up.

    Every feature that a changed table can move is built anew; features of a team are left as they are, as they read
    the records of members outside the sample.

    Parameters
    ----------
    sample : RecordSample
        Members and records.
    additions : sequence of Addition
        What is added, each by itself.
    names : sequence of str
        Features that are needed.

    Yields
    ------
    addition : Addition
        In the order given; those that nobody gets are left out.
    before, after : pandas.DataFrame
        Keys and features of the members who get it, without and with it, in one order.
    """
    held: list[Addition] = []
    rows = 0
    for addition in [one for one in additions if one.persons]:
        if held and rows + len(addition.persons) > ROWS_AT_A_TIME:
            yield from _build(sample, held, names)
            held, rows = [], 0
        held, rows = [*held, addition], rows + len(addition.persons)
    if held:
        yield from _build(sample, held, names)


def _build(
    sample: RecordSample, additions: Sequence[Addition], names: Sequence[str]
) -> Iterator[tuple[Addition, pd.DataFrame, pd.DataFrame]]:
    """Build several additions at once, each member under a label of its own for each."""
    changed = {table for addition in additions for table in addition.rows}
    moved = _find_moved(sample.plan, names, changed)
    read = {table for feature in moved.features for table in find_tables(feature.name, feature.source)}
    cohort = sample.members.cohort
    spine = pd.concat([_label(cohort, addition, place) for place, addition in enumerate(additions)], ignore_index=True)
    tables = {
        name: pd.concat([_change(frame, name, one, place) for place, one in enumerate(additions)], ignore_index=True)
        for name, frame in sample.tables.items()
        if name in read
    }
    built = build_features(spine, tables, moved, everything=sample.plan.everything, code_map=sample.code_map)
    labels = [feature.name for feature in moved.features]
    for place, addition in enumerate(additions):
        before = sample.members.features
        before = before[before["person_id"].isin(addition.persons)].sort_values(KEYS, ignore_index=True)
        part = built[built["person_id"].str.startswith(_prefix(place))].sort_values(KEYS, ignore_index=True)
        yield addition, before, before.assign(**{name: part[name] for name in labels})


def _find_moved(plan: FeaturePlan, names: Sequence[str], changed: set[str]) -> Catalogue:
    """Find the features that read a changed table."""
    wanted = set(names)
    return Catalogue(
        tuple(
            feature
            for feature in plan.chosen.features
            if feature.name in wanted
            and feature.group != SHARED_GROUP
            and changed & set(find_tables(feature.name, feature.source))
        )
    )


def _prefix(place: int) -> str:
    return f"{place:04d}-"


def _label(frame: pd.DataFrame, addition: Addition, place: int) -> pd.DataFrame:
    """Keep the rows of the members who get the addition, under labels of their own."""
    kept = frame[frame["person_id"].isin(addition.persons)]
    return kept.assign(person_id=_prefix(place) + kept["person_id"])


def _change(frame: pd.DataFrame, name: str, addition: Addition, place: int) -> pd.DataFrame:
    """Add the rows of one table, or put them in the place of those with their key."""
    added = addition.rows.get(name)
    kept = frame
    if added is not None:
        key = list(TABLES[name].key)
        both = pd.concat([frame, added[frame.columns]], ignore_index=True)
        kept = both.drop_duplicates(key, keep="last")
    return _label(kept, addition, place)

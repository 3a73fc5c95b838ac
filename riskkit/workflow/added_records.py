"""Added records: one more code, visit or unit of spend in the claims of a sample, and the features built again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from riskkit.data.codes import build_code_map
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError
from riskkit.features.audit import SHARED_GROUP
from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue
from riskkit.features.origins import find_tables
from riskkit.workflow.explanations import sample_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from riskkit.data.io import Tables
    from riskkit.workflow.members import FeaturePlan, Members

ROWS_AT_A_TIME: Final = 8000
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
) -> Iterator[tuple[list[Addition], pd.DataFrame]]:
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
    additions : list of Addition
        Some of them, in the order given; those that nobody gets are left out.
    after : pandas.DataFrame
        One row for each of them and each member who gets it: `place` in the list, `member` (the person), a `person_id`
        made up for the row, `index_date` and the features; sorted by `person_id`.
    """
    held: list[Addition] = []
    rows = 0
    for addition in [one for one in additions if one.persons]:
        if held and rows + len(addition.persons) > ROWS_AT_A_TIME:
            yield held, _build(sample, held, names)
            held, rows = [], 0
        held, rows = [*held, addition], rows + len(addition.persons)
    if held:
        yield held, _build(sample, held, names)


def _build(sample: RecordSample, additions: Sequence[Addition], names: Sequence[str]) -> pd.DataFrame:
    """Build several additions at once, each member under a label of its own for each."""
    changed = {table for addition in additions for table in addition.rows}
    moved = _find_moved(sample.plan, names, changed)
    read = {table for feature in moved.features for table in find_tables(feature.name, feature.source)}
    tables = {name: _stack(frame, name, additions) for name, frame in sample.tables.items() if name in read}
    before = _label(sample.members.features, additions).sort_values("person_id", ignore_index=True)
    built = build_features(
        _label(sample.members.cohort, additions),
        tables,
        moved,
        everything=sample.plan.everything,
        code_map=sample.code_map,
    )
    if built["person_id"].tolist() != before["person_id"].tolist():
        message = "added records: the features that were built again are of other members. Build them of one sample."
        raise DataContractError(message)
    return before.assign(**{feature.name: built[feature.name] for feature in moved.features})


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


def _label(frame: pd.DataFrame, additions: Sequence[Addition]) -> pd.DataFrame:
    """Repeat the rows of the members who get each addition, under labels of their own."""
    parts = []
    for place, addition in enumerate(additions):
        kept = frame[frame["person_id"].isin(addition.persons)]
        label = f"{place:05d}-" + kept["person_id"]
        parts.append(kept.assign(place=place, member=kept["person_id"], person_id=label))
    return pd.concat(parts, ignore_index=True)


def _stack(frame: pd.DataFrame, name: str, additions: Sequence[Addition]) -> pd.DataFrame:
    """Repeat a table for each addition, with its rows added or in the place of those with their key."""
    key = list(TABLES[name].key)
    parts = []
    for place, addition in enumerate(additions):
        kept, added = frame, addition.rows.get(name)
        if added is not None:
            replaced = frame.set_index(key).index.isin(added.set_index(key).index)
            kept = pd.concat([frame[~replaced], added[frame.columns]], ignore_index=True)
        kept = kept[kept["person_id"].isin(addition.persons)]
        parts.append(kept.assign(person_id=f"{place:05d}-" + kept["person_id"]))
    return pd.concat(parts, ignore_index=True)

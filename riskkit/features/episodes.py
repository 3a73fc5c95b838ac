"""Episodes: features that follow events in order, which no roll-up of buckets gives; each has a query of its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from riskkit.features.adherence import compile_adherence
from riskkit.features.comorbidity import compile_comorbidity
from riskkit.features.confirmed import compile_confirmed
from riskkit.features.continuous_glucose import compile_glucose
from riskkit.features.hospital import compile_admissions, compile_follow_through
from riskkit.features.membership import compile_membership
from riskkit.features.plan import Plan
from riskkit.features.sustained import compile_sustained
from riskkit.features.teams import compile_panels, compile_team_care, compile_team_cost
from riskkit.features.time_above import compile_time_above

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

    from riskkit.features.catalogue import Catalogue, Feature


@dataclass(frozen=True)
class Episode:
    """A source whose events are followed in order.

    Parameters
    ----------
    name : str
        Name that features use as their source.
    table : str
        Canonical table that it reads first.
    compile : callable
        From the features of this source to one query: `row_id` and a column per feature.
    beside : tuple of str, default ()
        Canonical tables that it reads besides; where one is absent it counts as empty.
    """

    name: str
    table: str
    compile: Callable[[tuple[Feature, ...]], exp.Select]
    beside: tuple[str, ...] = ()


EPISODES: dict[str, Episode] = {
    episode.name: episode
    for episode in (
        Episode("confirmed_diagnoses", "diagnosis", compile_confirmed, ("medical_claim",)),
        Episode("comorbidity_index", "diagnosis", compile_comorbidity),
        Episode("membership", "enrollment", compile_membership),
        Episode("admissions", "medical_claim", compile_admissions),
        Episode("follow_through", "medical_claim", compile_follow_through, ("care_event",)),
        Episode("adherence", "pharmacy_claim", compile_adherence, ("medical_claim",)),
        Episode("sustained", "lab_result", compile_sustained),
        Episode("time_above", "lab_result", compile_time_above),
        Episode("glucose", "glucose_reading", compile_glucose),
        Episode("panels", "enrollment", compile_panels),
        Episode("panel_cost", "medical_claim", compile_team_cost, ("enrollment",)),
        Episode("panel_care", "care_event", compile_team_care, ("enrollment",)),
    )
}
"""Episodes by name."""


def compile_episodes(catalogue: Catalogue) -> list[Plan]:
    """Turn the features of episodes into queries.

    Parameters
    ----------
    catalogue : Catalogue
        Features to compile.

    Returns
    -------
    list of Plan
        One query per episode that the catalogue uses.
    """
    found: dict[str, list[Feature]] = defaultdict(list)
    for feature in catalogue.features:
        if feature.source in EPISODES:
            found[feature.source].append(feature)
    return [
        Plan(name, EPISODES[name].table, tuple(features), EPISODES[name].compile(tuple(features)))
        for name, features in found.items()
    ]

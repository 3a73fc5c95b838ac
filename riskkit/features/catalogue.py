"""The catalogue: every feature declared once, with what it means, where it comes from and who may use it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Literal

import pandas as pd

from riskkit.errors import PolicyError
from riskkit.features.origins import find_tables

Aggregate = Literal[
    "any",
    "count",
    "sum",
    "max",
    "points",
    "min",
    "latest",
    "mean",
    "sd",
    "slope",
    "days_since",
    "days_since_first",
    "distinct",
    "context",
    "derived",
]
Where = tuple[tuple[str, str | int | bool], ...]
COLUMNS = [
    "name",
    "meaning",
    "meaning_zh",
    "unit",
    "group",
    "source",
    "tables",
    "aggregate",
    "window_days",
    "direction",
    "policy",
]


@dataclass(frozen=True)
class Feature:
    """One feature.

    Parameters
    ----------
    name : str
        Column name in the features frame.
    meaning, meaning_zh : str
        What it means, in English and Chinese.
    unit : str
        Unit of its values.
    group : str
        Clinical group that reasons are folded into.
    source : str
        Logical source, a key of `riskkit.features.sources.SOURCES` or of `riskkit.features.episodes.EPISODES`;
        ``"context"`` or ``"derived"`` otherwise.
    aggregate : str
        How the visible events become one value.
    column : str, default ""
        The value that is aggregated, where the aggregate needs one.
    where : tuple of (str, value), default ()
        Equalities that an event must satisfy.
    window_days : int or None, default 365
        Look-back; None for all of the past.
    direction : int, default 0
        1 where more must never mean a lower risk, -1 the reverse, 0 where either may hold.
    policy : {"clinical", "payment"}, default "clinical"
        ``"payment"`` where a provider cannot raise it by activity, so that rates may use it.
    """

    name: str
    meaning: str
    meaning_zh: str
    unit: str
    group: str
    source: str
    aggregate: Aggregate
    column: str = ""
    where: Where = ()
    window_days: int | None = 365
    direction: int = 0
    policy: Literal["clinical", "payment"] = "clinical"


@dataclass(frozen=True)
class Catalogue:
    """All features that a set of code lists allows, in a fixed order.

    Parameters
    ----------
    features : tuple of Feature
        Features with distinct names.
    """

    features: tuple[Feature, ...]

    def select(self, groups: tuple[str, ...], names: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Catalogue:
        """Keep the features of some groups, or called by name.

        Parameters
        ----------
        groups : tuple of str
            Groups to keep whole.
        names : tuple of str, default ()
            Features to keep besides.
        exclude : tuple of str, default ()
            Features to leave out, whatever chose them.

        Returns
        -------
        Catalogue
            The chosen features, in catalogue order.

        Raises
        ------
        PolicyError
            If a group or a name is not in the catalogue.
        """
        known_groups = {feature.group for feature in self.features}
        known_names = {feature.name for feature in self.features}
        for kind, asked, known in (
            ("group", groups, known_groups),
            ("feature", (*names, *exclude), known_names),
        ):
            unknown = [name for name in asked if name not in known]
            if unknown:
                near = get_close_matches(unknown[0], known) or (sorted(known) if kind == "group" else [])
                meant = f"Use one of {', '.join(near)}" if near else "Use a name of the catalogue"
                message = f"[features]: unknown {kind} {unknown[0]!r}. {meant}; 'riskkit features --list' prints all."
                raise PolicyError(message)
        chosen = [f for f in self.features if f.group in groups or f.name in names]
        return Catalogue(tuple(f for f in chosen if f.name not in exclude))

    def to_frame(self) -> pd.DataFrame:
        """Return the catalogue as a table for people and for the other stages.

        Returns
        -------
        pandas.DataFrame of shape (n_features, 11)
            `name`, `meaning`, `meaning_zh`, `unit`, `group`, `source`, `tables` (canonical tables, with commas),
            `aggregate`, `window_days`, `direction`, `policy`.
        """
        rows = [{item.name: getattr(feature, item.name) for item in fields(feature)} for feature in self.features]
        frame = pd.DataFrame(rows, columns=[item.name for item in fields(Feature)])
        tables = [", ".join(find_tables(feature.name, feature.source)) for feature in self.features]
        days = frame["window_days"].astype("Int64")
        return frame.assign(window_days=days, tables=pd.Series(tables, dtype="str"))[COLUMNS]

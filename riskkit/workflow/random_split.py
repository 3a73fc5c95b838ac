"""The contrast of a random split: never a figure of its own, only ever beside the temporal one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from riskkit.errors import AcceptanceError
from riskkit.risk.matrix import assign_folds
from riskkit.workflow.split import Split

if TYPE_CHECKING:
    import pandas as pd

Figures = Mapping[str, Mapping[str, float | None]]
FOLDS = 5
KEY = "random_split"


@dataclass(frozen=True)
class SplitContrast:
    """Metrics of a random split, which cannot be made without those of the split by time.

    Parameters
    ----------
    temporal : mapping of str to mapping
        Metrics on the year that nothing has seen: `value`, `low`, `high` by metric.
    random : mapping of str to mapping
        The same metrics where a fifth of the persons, of every year, is tested.

    Raises
    ------
    AcceptanceError
        If a metric of the random split has no temporal twin.

    Examples
    --------
    >>> twin = {"auroc": {"value": 0.7, "low": 0.68, "high": 0.72}}
    >>> sorted(SplitContrast(temporal=twin, random=twin).to_dict())
    ['random', 'temporal']
    """

    temporal: Figures
    random: Figures

    def __post_init__(self) -> None:
        lone = [name for name in self.random if (self.temporal.get(name) or {}).get("value") is None]
        if lone:
            message = (
                f"summary {KEY}: {', '.join(lone)} of the random split has no temporal figure beside it; expected one "
                "for each metric. A random split tests on years that training has seen: report the temporal figure."
            )
            raise AcceptanceError(message)

    def to_dict(self) -> dict[str, Any]:
        """Return both sides as plain values.

        Returns
        -------
        dict
            `temporal` and `random`.
        """
        return {"temporal": dict(self.temporal), "random": dict(self.random)}


def deal_at_random(cohort: pd.DataFrame, seed: int) -> Split:
    """Deal whole persons at random, whatever their years: three fifths train, one calibrates, one is tested.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Column `person_id`.
    seed : int
        Seed of the deal.

    Returns
    -------
    Split
        Positions in the cohort.
    """
    fold = assign_folds(cohort["person_id"], n_folds=FOLDS, seed=seed)
    return Split(np.flatnonzero(fold > 1), np.flatnonzero(fold == 1), np.flatnonzero(fold == 0))


def refuse_lone_random_split(summary: Mapping[str, Any]) -> None:
    """Refuse a summary in which a figure of a random split stands alone.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Raises
    ------
    AcceptanceError
        If, anywhere in it, `random_split` lacks the temporal twin of one of its metrics.
    """
    for key, value in summary.items():
        if not isinstance(value, Mapping):
            continue
        if key == KEY:
            SplitContrast(temporal=value.get("temporal") or {}, random=value.get("random") or value)
        else:
            refuse_lone_random_split(value)

"""The search for better trees: what it may cost, where its trials are kept, and what it starts from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from riskkit.risk.spec import OutcomeSpec
    from riskkit.workflow.scheme import Scheme


@dataclass(frozen=True)
class SearchAid:
    """What a search for better trees may start from.

    Parameters
    ----------
    store : pathlib.Path, optional
        SQLite file that keeps the trials, so that a run that was cut short goes on.
    warm : dict of str to dict, default empty
        Last year's tree settings by outcome.
    """

    store: Path | None = None
    warm: dict[str, dict[str, Any]] = field(default_factory=dict)


def with_budget(scheme: Scheme, spec: OutcomeSpec) -> OutcomeSpec:
    """Give an outcome the budget of trials and minutes that the run asks for.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    spec : OutcomeSpec
        The outcome.

    Returns
    -------
    OutcomeSpec
        The same with the run's own budget, where it has one.
    """
    run = scheme.file.run
    asked = {
        "trials": run.tuning_trials,
        "timeout_seconds": None if run.tuning_minutes is None else 60 * run.tuning_minutes,
    }
    budget = {key: value for key, value in asked.items() if value is not None}
    return spec.with_overrides({"tuning": budget}, place="[run] tuning_trials") if budget else spec

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
    """Give an outcome the budget of trials or minutes that the run asks for.

    Trials alone are all made, however long they take; minutes alone are used, however many trials they hold; of both
    the first that is reached ends the search. A run that asks for neither leaves the specification's own two.

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
    if run.tuning_trials is None and run.tuning_minutes is None:
        return spec
    seconds = None if run.tuning_minutes is None else 60 * run.tuning_minutes
    budget = {"trials": run.tuning_trials, "timeout_seconds": seconds}
    return spec.with_overrides({"tuning": budget}, place="[run] tuning_trials")

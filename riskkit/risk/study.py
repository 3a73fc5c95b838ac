"""Study: the trials of one search, kept in SQLite where asked, so that a search that was cut short goes on."""

from __future__ import annotations

import hashlib
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import optuna
    from optuna.trial import FrozenTrial

N_STARTUP = 10
"""Trials that are drawn at random before the search learns from them."""


def name_study(outcome: str, *parts: object) -> str:
    """Name a study by all that its losses depend on, so that only the same search is ever taken up again.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    *parts : object
        Arrays and plain values: rows, settings, folds, seed.

    Returns
    -------
    str
        The outcome and 16 hexadecimal digits.

    Examples
    --------
    >>> name_study("admission", np.ones(2), 0) == name_study("admission", np.ones(2), 1)
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(np.ascontiguousarray(part).tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return f"{outcome}-{digest.hexdigest()[:16]}"


def open_study(name: str, store: Path | None) -> optuna.Study:
    """Open a study, with the trials that an earlier run finished.

    Parameters
    ----------
    name : str
        From `name_study`.
    store : pathlib.Path or None
        SQLite file of the trials, made where it is new; None keeps them in memory. It must not be MLflow's.

    Returns
    -------
    optuna.Study
        The study; a trial that was running when its process ended counts as failed.

    Raises
    ------
    DataContractError
        If the file is there and is no store of trials.
    """
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    if store is not None:
        store.parent.mkdir(parents=True, exist_ok=True)
    try:
        study = optuna.create_study(
            study_name=name,
            storage=None if store is None else f"sqlite:///{store}",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=20),
        )
    # of a store of another version Optuna says that it is a RuntimeError
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError, RuntimeError) as exc:
        reason = str(exc.__cause__ or exc).partition("\n")[0]
        message = (
            f"{store}: the file cannot be read as a store of trials ({reason}), expected the SQLite file that an "
            "earlier run left. Remove it, or write to another folder."
        )
        raise DataContractError(message) from exc
    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    return study


def run_study(
    study: optuna.Study,
    score: Callable[[optuna.Trial], float],
    *,
    starts: Sequence[Mapping[str, Any]],
    trials: int | None,
    timeout_seconds: float | None,
    seed: int,
    tell: Callable[[optuna.Study, FrozenTrial], None],
) -> None:
    """Run the trials that are left of a search's budget.

    Each trial has a seed of its own, given by how many were finished before it: a search that was cut short and taken
    up again makes the trials that it would have made.

    Parameters
    ----------
    study : optuna.Study
        From `open_study`.
    score : callable
        The loss of a trial.
    starts : sequence of mapping
        Settings to try first.
    trials : int or None
        Finished trials in all, earlier runs included; None for as many as the seconds hold.
    timeout_seconds : float or None
        Most seconds in all, those of the finished trials of earlier runs included; no trial starts after them. None for
        no end but the trials'.
    seed : int
        Seed of the search.
    tell : callable
        Told of each finished trial.
    """
    import time

    import optuna

    most = math.inf if trials is None else trials
    end = math.inf if timeout_seconds is None else time.monotonic() + timeout_seconds - _sum_seconds(study)
    while (done := count_finished(study)) < most and (time.monotonic() < end or not done):
        if done < len(starts):
            study.enqueue_trial(dict(starts[done]))
        study.sampler = optuna.samplers.TPESampler(
            seed=int(np.random.SeedSequence([seed, done]).generate_state(1)[0]),
            multivariate=True,
            n_startup_trials=N_STARTUP,
        )
        study.optimize(score, n_trials=1, callbacks=[tell])


def count_finished(study: optuna.Study) -> int:
    """Count the trials that were finished or given up, in this run and earlier ones.

    Parameters
    ----------
    study : optuna.Study
        From `open_study`.

    Returns
    -------
    int
        Number of trials.
    """
    return len(_list_finished(study))


def _sum_seconds(study: optuna.Study) -> float:
    """Sum what the finished trials took; when one that was broken off ended, nobody wrote down."""
    return sum(trial.duration.total_seconds() for trial in _list_finished(study) if trial.duration is not None)


def _list_finished(study: optuna.Study) -> list[FrozenTrial]:
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


@contextmanager
def hush() -> Iterator[None]:
    """Silence Optuna's own log while searching, and give it back its voice.

    Yields
    ------
    None
    """
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)

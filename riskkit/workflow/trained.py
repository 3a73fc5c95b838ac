"""What the training of one outcome leaves: its model, its test predictions and its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.risk.hazard_model import HorizonModel
    from riskkit.risk.model import OutcomeModel


@dataclass(frozen=True)
class TrainedOutcome:
    """One outcome, trained and measured.

    Parameters
    ----------
    model : OutcomeModel or HorizonModel
        The model that is kept.
    predictions : pandas.DataFrame
        Test rows: keys, `outcome`, `observed`, `weight`, `predicted` and one column per comparator.
    metrics : dict of str to pandas.DataFrame
        Metrics table of ``"predicted"``, the model's own, and of each comparator.
    params : dict
        Tuned tree settings; empty where the specification's own are used.
    counts : dict of str to float
        Rows to train, calibrate and test, and events in the test.
    follow_up : dict, optional
        For a horizon of a hazard: members in, evaluated, left before it, and what that says.
    figures : dict
        What the summary says beyond the metrics, as plain values: see `measure_outcome`.
    """

    model: OutcomeModel | HorizonModel
    predictions: pd.DataFrame
    metrics: dict[str, pd.DataFrame]
    params: dict[str, Any]
    counts: dict[str, float]
    follow_up: dict[str, Any] | None = None
    figures: dict[str, Any] = field(default_factory=dict)

"""Results on disk: the frames behind the report's figures, and the explanations of every outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from riskkit.workflow.explanations import REPORT_ROWS, describe_outcomes, sample_rows
from riskkit.workflow.member_contributions import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.rate import RatedPopulation
    from riskkit.workflow.training import Training

    Progress = Callable[[str, int, int], None]


def write_predictions(training: Training, folder: Path) -> None:
    """Write what the models, and the comparators beside them, said of the test rows, identifiers hashed.

    Parameters
    ----------
    training : Training
        The training run.
    folder : pathlib.Path
        Gets ``predictions.parquet``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    predictions = pd.concat([outcome.predictions for outcome in training.trained.values()], ignore_index=True)
    predictions.to_parquet(folder / "predictions.parquet", index=False)


def write_evaluation(
    training: Training, bundle: Bundle, members: pd.DataFrame, folder: Path, *, rated: RatedPopulation | None = None
) -> None:
    """Write the frames behind the report's figures, identifiers hashed.

    Parameters
    ----------
    training : Training
        The training run.
    bundle : Bundle
        The bundle.
    members : pandas.DataFrame
        Keys and features of the members that are rated.
    folder : pathlib.Path
        Where to.
    rated : RatedPopulation, optional
        The rate table.
    """
    write_predictions(training, folder)
    bundle.catalogue.to_frame()[["name", "meaning", "group"]].to_parquet(folder / "feature_catalogue.parquet")
    if rated:
        columns = [
            name
            for name in ("rate_amount", "risk_tier", "relative_risk_score", "exposure_months")
            if name in rated.table
        ]
        rated.table[columns].to_parquet(folder / "rates.parquet", index=False)
    drawn = members.take(sample_rows(members, REPORT_ROWS)).reset_index(drop=True)
    values = drawn.drop(columns=KEYS)
    for outcome in bundle.models:
        values.to_parquet(folder / f"feature_values_{outcome}.parquet", index=False)


def explain_outcomes(bundle: Bundle, members: pd.DataFrame, folder: Path, *, progress: Progress | None = None) -> None:
    """Describe the explanations of every outcome.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    members : pandas.DataFrame
        Keys and features of the members to explain.
    folder : pathlib.Path
        Holds one folder per outcome with the contributions of every member, as `ExplanationFiles` left them; beside it
        ``evaluation`` gets those behind the report's figures.
    progress : callable, optional
        Called with (what, done, in all).
    """
    describe_outcomes(bundle, list(bundle.models), members, folder, progress=progress)
    drawn = sample_rows(members, REPORT_ROWS)
    for outcome in bundle.models:
        table = pd.read_parquet(folder / outcome / "contributions.parquet").take(drawn).drop(columns=KEYS)
        table.to_parquet(folder.parent / "evaluation" / f"contributions_{outcome}.parquet", index=False)

"""Predictive ratios of the cost models out of time, by decile and age-sex cell, before and after balancing.

Run: python benchmarks/balance.py [--persons 20000] [--seed 0]
Trains the cost outcomes of the synthetic scheme once, calibrates them without and with `deciles` and `[balance]`, and
prints for the test year the predicted over the actual cost of each decile and each age-sex cell of 300 members or
more, with 95% intervals over persons. `truth` is what the true expected cost reaches in the same cell: what lies
outside .95 to 1.05 there, no model can bring inside. `bias` is the predicted over the true expected cost.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riskkit.data.presets import find_presets
from riskkit.data.privacy import hash_person_ids, read_id_key
from riskkit.data.synthetic import write_cohort
from riskkit.risk.deciles import assign_groups
from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel
from riskkit.risk.outcome_calibration import calibrate_outcome
from riskkit.risk.settings import CalibrationSettings
from riskkit.risk.spec import select_features
from riskkit.workflow.members import build_members, label_members, plan_features
from riskkit.workflow.scheme import read_scheme
from riskkit.workflow.source import open_source

KEYS = ["person_id", "index_date"]
LIMITS = (0.95, 1.05)
LEAST_MEMBERS = 300
PLAIN = CalibrationSettings(methods=("scale", "loglinear", "isotonic"), events_for_isotonic=10_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    scheme = read_scheme(find_presets() / "pipelines" / "synthetic.toml", tuning_trials=0)
    with tempfile.TemporaryDirectory() as folder:
        source = write_cohort(Path(folder) / "source", chosen.persons, 5, chosen.seed)
        tables = open_source("native", source, Path(folder) / "work").tables
        block, cohort = scheme.file.features, scheme.file.cohort
        plan = plan_features(scheme.codelist_directory, block.groups, block.names, block.exclude)
        members = build_members(tables, cohort, plan, index_dates=cohort.index_dates)
        truth = read_truth(source)
        for spec in scheme.outcomes:
            if spec.kind == "cost":
                labels = label_members(members.cohort, tables, spec)
                kept = np.flatnonzero(labels["weight"] > 0)
                frame = ModelFrame(
                    members.features.take(kept).reset_index(drop=True),
                    labels["observed"].to_numpy()[kept],
                    labels["weight"].to_numpy()[kept],
                )
                compare(spec, frame, plan.chosen.to_frame(), truth)


def read_truth(source: Path) -> pd.DataFrame:
    truth = pd.read_parquet(source / "truth.parquet")
    return truth.assign(
        person_id=hash_person_ids(truth["person_id"], read_id_key()),
        index_date=pd.to_datetime(truth["index_date"]).astype("datetime64[us]"),
    )


def compare(spec: Any, frame: ModelFrame, catalogue: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Print the ratios of one outcome, calibrated plainly and as its file says."""
    day = frame.features["index_date"].to_numpy()
    days = np.unique(day)
    train, calibration, test = (
        frame.take(np.flatnonzero(rows)) for rows in (day <= days[-3], day == days[-2], day == days[-1])
    )
    names = [name for name in select_features(catalogue, spec) if frame.features[name].std() > 0]
    directions = dict(zip(catalogue["name"], catalogue["direction"], strict=True))
    plain = spec.model_copy(update={"calibration": PLAIN, "balance": None})
    before = fit_outcome(plain, train, calibration, feature_names=names, directions=directions)
    after = calibrate_outcome(replace(before, spec=spec), calibration)
    true = test.features[KEYS].merge(truth, on=KEYS, how="left", validate="one_to_one")["next_year_cost"].to_numpy()
    spent = calibration.weight @ after.predict(calibration.features) / (calibration.weight @ calibration.observed)
    print(f"\n{spec.name}: map {before.calibrator.method} before, {after.calibrator.method} with factors after;")
    print(f"calibration year, predicted / actual after: {spent:.12f}")
    print(f"{'cell':12}{'members':>8}{'before':>26}{'after':>26}{'truth':>15}{'bias before':>13}{'after':>7}")
    rows = [row for kind in ("decile", "cell") for row in make_rows(kind, test, true, (before, after))]
    for row in rows:
        print(row["line"])
    for name in ("before", "after", "truth"):
        inside = sum(LIMITS[0] <= row[name] <= LIMITS[1] for row in rows)
        print(f"{name}: {inside} of {len(rows)} within {LIMITS[0]} to {LIMITS[1]}")


def make_rows(
    kind: str, test: ModelFrame, true: np.ndarray, models: tuple[OutcomeModel, OutcomeModel]
) -> list[dict[str, Any]]:
    """Make one line a cell: ratios with intervals, before and after, and what the truth reaches."""
    predicted = [model.predict(test.features) for model in models]
    rows = []
    # each model has deciles of its own; a cell is the same for both
    cells = [
        assign_groups(each, test.weight) if kind == "decile" else name_cells(test, models[1]) for each in predicted
    ]
    for name in np.unique(cells[1]):
        inside = [each == name for each in cells]
        if inside[1].sum() < LEAST_MEMBERS:
            continue
        (old, new), reached = (
            (ratio(test, p, at) for p, at in zip(predicted, inside, strict=True)),
            ratio(test, true, inside[1]),
        )
        bias = [
            (test.weight * p)[at].sum() / (test.weight * true)[at].sum()
            for p, at in zip(predicted, inside, strict=True)
        ]
        label = f"decile {name + 1}" if kind == "decile" else str(name)
        line = f"{label:12}{inside[1].sum():>8}{write(old):>26}{write(new):>26}{reached[0]:>9.3f}+-{reached[1]:.3f}"
        rows.append(
            {"before": old[0], "after": new[0], "truth": reached[0], "line": f"{line}{bias[0]:>9.3f}{bias[1]:>9.3f}"}
        )
    return rows


def name_cells(test: ModelFrame, model: OutcomeModel) -> np.ndarray:
    starts = model.spec.balance.age_bands if model.spec.balance else ()
    band = np.searchsorted(np.asarray(starts), test.features["age_years"].to_numpy(), side="right")
    sex = np.where(test.features["is_female"].to_numpy() > 0.5, "women", "men")
    ages = np.array([f"-{starts[0]:.0f}", *(f"{start:.0f}+" for start in starts)])
    return np.char.add(np.char.add(sex, " "), ages[band])


def ratio(test: ModelFrame, predicted: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    """Predicted over actual in a cell, and its standard error over persons by linearisation."""
    w, y, f = (column[inside] for column in (test.weight, test.observed, predicted))
    value = float((w * f).sum() / (w * y).sum())
    return value, float(np.sqrt(((w * (f - value * y)) ** 2).sum()) / (w * y).sum())


def write(figure: tuple[float, float]) -> str:
    value, error = figure
    return f"{value:.3f} ({value - 1.96 * error:.3f} to {value + 1.96 * error:.3f})"


if __name__ == "__main__":
    main()

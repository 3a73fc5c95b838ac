"""What fitting costs beside the bare trees: six outcomes on 200,000 members at three index dates, fixed settings.

Run: python benchmarks/training.py [--members 200000] [--trees 400] [--check]
Each outcome is fitted by `riskkit.risk.fit.fit_outcome` (rows sorted, matrix, trees, monotone check, calibration on
the third index date, balance of cost) and by `lightgbm.train` on the same matrix with the same parameters. They take
turns in one process; times are wall clock, without the imports, and processor time beside it, which says more on a
busy machine. With --check it exits 1 where all six together take more than 1.3 times the bare calls on the wall
clock, or where the trees differ.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from riskkit.data.presets import find_presets
from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame, make_matrix
from riskkit.risk.spec import OutcomeSpec, read_outcome_spec
from riskkit.risk.training import Growth, make_lightgbm_params

MOST = 1.3
OUTCOMES = ("admission", "diabetes_admission", "avoidable_admission", "high_cost", "next_year_cost", "payment_cost")
RATES = {"admission": 0.2, "diabetes_admission": 0.07, "avoidable_admission": 0.05, "high_cost": 0.08}
MEAN_COST = 7000.0
N_FEATURES = 80
YEARS = (2021, 2022, 2023)
THREADS = 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--trees", type=int, default=None, help="in place of the number in each outcome's file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    features, directions = draw_features(chosen.members, rng)
    warm_up()
    totals, same = np.zeros((2, 2)), True
    for number, name in enumerate(OUTCOMES):
        spec = read_outcome_spec(find_presets() / "models" / "outcomes" / f"{name}.toml")
        trees = spec.model.trees.model_dump() | ({"n_estimators": chosen.trees} if chosen.trees else {})
        train, calibration = split(features, draw_outcome(features, spec, rng))
        found = {}
        for way in ("riskkit", "bare") if number % 2 else ("bare", "riskkit"):
            if way == "riskkit":
                found[way] = clock(partial(fit_whole, spec, train, calibration, directions, trees))
            else:
                found[way] = clock(prepare_bare(spec, train, directions, trees))
        same = same and found["riskkit"][1] == found["bare"][1]
        times = np.array([found["riskkit"][0], found["bare"][0]])
        totals += times
        print(f"{name}: {say(times)}", flush=True)
    print(f"{len(OUTCOMES)} outcomes, {len(features):,} rows, {N_FEATURES} features: {say(totals)} (at most {MOST})")
    print(f"trees {'equal' if same else 'DIFFERENT'}")
    return 1 if chosen.check and not (same and totals[0, 0] <= MOST * totals[1, 0]) else 0


def say(times: np.ndarray) -> str:
    """Say seconds of both ways on both clocks, and their ratios."""
    wall, processor = times[0] / times[1]
    return (
        f"riskkit {times[0, 0]:.1f} s, lightgbm.train {times[1, 0]:.1f} s, ratio {wall:.3f}; "
        f"processor {times[0, 1]:.1f} s and {times[1, 1]:.1f} s, ratio {processor:.3f}"
    )


def warm_up() -> None:
    """Import what both ways import, on a small fit, so that neither is timed with it."""
    rng = np.random.default_rng(0)
    features, directions = draw_features(2_000, rng)
    for name in ("admission", "next_year_cost"):
        spec = read_outcome_spec(find_presets() / "models" / "outcomes" / f"{name}.toml")
        train, calibration = split(features, draw_outcome(features, spec, rng))
        fit_whole(spec, train, calibration, directions, spec.model.trees.model_dump() | {"n_estimators": 5})


def draw_features(members: int, rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, int]]:
    """Draw a frame such as the catalogue makes: ages, flags, counts, amounts and measurements that may be missing."""
    rows = members * len(YEARS)
    person = np.char.add("P", np.char.zfill(np.arange(members).astype(str), 8)).astype(object)
    frailty = np.repeat(rng.normal(size=members), len(YEARS))
    columns: dict[str, Any] = {
        "person_id": np.repeat(person, len(YEARS)),
        "index_date": np.tile(pd.to_datetime([f"{year}-01-01" for year in YEARS]).to_numpy(), members),
        "age_years": np.repeat(np.clip(rng.normal(62, 12, members), 18, 95), len(YEARS)),
        "is_female": np.repeat(rng.integers(0, 2, members).astype(float), len(YEARS)),
    }
    for place in range(N_FEATURES - 2):
        value = 0.4 * frailty + rng.normal(size=rows)
        kind = place % 4
        if kind == 0:
            value = (value > 1.2).astype(float)
        elif kind == 1:
            value = rng.poisson(np.exp(np.clip(value - 0.5, -5, 3))).astype(float)
        elif kind == 2:
            value = np.round(np.where(value > -0.3, np.exp(6 + value), 0.0), 2)
        else:
            value = np.round(7 + value, 1)
            value[rng.random(rows) < 0.3] = np.nan
        columns[f"feature_{place:02d}"] = value
    directions = {name: 1 for name in list(columns)[2:] if name != "is_female"}
    frame = pd.DataFrame(columns)
    return frame.take(rng.permutation(rows)).reset_index(drop=True), directions


def draw_outcome(features: pd.DataFrame, spec: OutcomeSpec, rng: np.random.Generator) -> np.ndarray:
    """Draw labels or costs that twelve of the features move."""
    names = [f"feature_{place:02d}" for place in range(0, 36, 3)]
    ranks = features[names].rank(pct=True).fillna(0.5) - 0.5
    score = ranks.to_numpy() @ np.linspace(0.3, 1.5, len(names)) + 0.03 * (features["age_years"].to_numpy() - 62)
    if spec.kind == "binary":
        odds = RATES[spec.name] / (1 - RATES[spec.name])
        return (rng.random(len(score)) < 1 / (1 + np.exp(-score) / odds)).astype(float)
    amount = rng.gamma(0.5, 2.0, len(score)) * MEAN_COST * np.exp(score - 0.5)
    return np.round(np.where(rng.random(len(score)) < 0.05, 0.0, amount), 2)


def split(features: pd.DataFrame, observed: np.ndarray) -> tuple[ModelFrame, ModelFrame]:
    """Give the first index dates to the trees and the last one to the calibration."""
    frame = ModelFrame(features, observed, np.ones(len(observed)))
    late = (features["index_date"] == pd.Timestamp(YEARS[-1], 1, 1)).to_numpy()
    return frame.take(np.flatnonzero(~late)), frame.take(np.flatnonzero(late))


def fit_whole(
    spec: OutcomeSpec,
    train: ModelFrame,
    calibration: ModelFrame,
    directions: dict[str, int],
    trees: dict[str, Any],
) -> str:
    """Fit as a training run does; return the text of the trees."""
    names = list(train.features.columns[2:])
    model = fit_outcome(
        spec,
        train,
        calibration,
        feature_names=names,
        directions=directions,
        params=trees,
        num_threads=THREADS,
    )
    return "\n".join(model.booster_texts)


def prepare_bare(
    spec: OutcomeSpec, train: ModelFrame, directions: dict[str, int], trees: dict[str, Any]
) -> Callable[[], str]:
    """Lay the matrix out, and return what is timed: `lightgbm.train` and the text of its trees."""
    import lightgbm as lgb

    ordered = train.sort()
    names = list(train.features.columns[2:])
    matrix = make_matrix(ordered.features, names)
    objective: dict[str, Any] = {"objective": spec.model.objective}
    if spec.model.objective == "tweedie":
        objective["tweedie_variance_power"] = spec.model.variance_power
    settings = spec.model.trees.model_copy(update=trees)
    constraints = tuple(directions.get(name, 0) for name in names)
    params = make_lightgbm_params(Growth(objective, settings, tuple(names), constraints, 0, THREADS))

    def call() -> str:
        data = lgb.Dataset(matrix, ordered.observed, weight=ordered.weight, feature_name=names, params=params)
        return str(lgb.train(params, data, settings.n_estimators).model_to_string())

    return call


def clock(task: Callable[[], str]) -> tuple[list[float], str]:
    """Time a task; return seconds on the wall clock and of the processor, and the text of its trees."""
    start, busy = time.perf_counter(), time.process_time()
    text = task()
    return [time.perf_counter() - start, time.process_time() - busy], text


if __name__ == "__main__":
    sys.exit(main())

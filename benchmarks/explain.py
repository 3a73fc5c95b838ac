"""Rows per second of contributions for every member against LightGBM's `pred_contrib`, in the same run.

Run: python benchmarks/explain.py [--rows 200000] [--reference-rows 2000] [--leaves 31] [--check]
300 trees of depth 6 on 100 features with missing values; both use 2 threads. LightGBM explains every hundredth row or
so, before and after (`--reference-rows` in all), riskkit all of them, its own check against LightGBM included. With
--check it exits 1 where riskkit is less than 8 times as fast per row, or where a value differs by more than 2e-5.
"""

from __future__ import annotations

import argparse
import sys
import time

import lightgbm as lgb
import numpy as np
import pandas as pd

from riskkit.explain.contributions import compute_contributions, split_frame

N_FEATURES, N_TREES, DEPTH, THREADS = 100, 300, 6, 2
ASKED_RATIO, ASKED_DIFFERENCE = 8.0, 2e-5
TRAINING_ROWS, MISSING = 20_000, 0.1


def make_features(n_rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n_rows, N_FEATURES))
    values[rng.random(values.shape) < MISSING] = np.nan
    key = pd.DataFrame({"person_id": np.arange(n_rows).astype(str), "index_date": pd.Timestamp(2024, 12, 31)})
    return pd.concat([key, pd.DataFrame(values, columns=[f"x{i}" for i in range(N_FEATURES)])], axis=1)


def train(features: pd.DataFrame, leaves: int) -> lgb.Booster:
    x = features.iloc[:, 2:]
    known = np.nan_to_num(x.to_numpy())
    rng = np.random.default_rng(0)
    signal = known[:, :30] @ rng.normal(0, 0.3, 30) + known[:, 0] * known[:, 1]
    y = (rng.random(len(x)) < 1 / (1 + np.exp(-signal))).astype(float)
    settings = {"objective": "binary", "num_leaves": leaves, "max_depth": DEPTH, "min_child_samples": 50}
    settings |= {"feature_fraction": 0.8, "verbosity": -1, "num_threads": THREADS, "deterministic": True}
    return lgb.train(settings, lgb.Dataset(x.to_numpy(), y, feature_name=list(x)), N_TREES)


def time_lightgbm(booster: lgb.Booster, matrix: np.ndarray) -> tuple[np.ndarray, float]:
    start = time.perf_counter()
    values = np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=THREADS))
    return values, time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--reference-rows", type=int, default=2_000)
    parser.add_argument("--leaves", type=int, default=31)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    booster = train(make_features(TRAINING_ROWS, 0), chosen.leaves)
    features = make_features(chosen.rows, 1)
    drawn = np.unique(np.linspace(0, chosen.rows - 1, chosen.reference_rows).astype(np.int64))
    matrix = features.iloc[drawn, 2:].to_numpy()
    half = len(drawn) // 2
    first, before = time_lightgbm(booster, matrix[:half])
    start = time.perf_counter()
    _, base, phi = split_frame(compute_contributions(booster, features, num_threads=THREADS))
    mine = chosen.rows / (time.perf_counter() - start)
    second, after = time_lightgbm(booster, matrix[half:])
    reference = len(drawn) / (before + after)
    found = np.column_stack([phi[drawn], base[drawn]])
    apart = float(np.abs(found - np.concatenate([first, second])).max())
    print(f"{chosen.rows:,} rows, {N_FEATURES} features, {N_TREES} trees of depth {DEPTH} and {chosen.leaves} leaves")
    print(f"rows per second: riskkit {mine:,.0f}, pred_contrib {reference:,.0f} (on {len(drawn):,} of the rows)")
    print(f"riskkit / pred_contrib: {mine / reference:.1f} (asked: at least {ASKED_RATIO:g})")
    print(f"largest difference of a value: {apart:.1e} (asked: at most {ASKED_DIFFERENCE:g})")
    met = mine >= ASKED_RATIO * reference and apart <= ASKED_DIFFERENCE
    return 1 if chosen.check and not met else 0


if __name__ == "__main__":
    sys.exit(main())

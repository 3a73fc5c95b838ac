"""Seconds to rate members, ledger included, against reading and writing the same Parquet, in the same run.

Run: python benchmarks/rates.py [--members 1000000] [--repeats 3] [--shuffled] [--check]
The members are read from Parquet, and rate table and ledger written to Parquet; that is the reference. The rating is
what happens between: rates and ledger by frozen figures with region, floor and cap, budget and rounding. They take
turns, and the figures are medians. Members stand in the order of their keys, as every frame between packages does;
--shuffled gives them in another, so that they are sorted first. With --check it exits 1 where rating takes more than
twice the time of reading and writing, or where a ledger does not sum to its rate.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.data.presets import find_presets
from riskkit.policy import read_policy
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.policy import RatePolicy

MOST_RATIO = 2.0


def make_members(number: int, *, shuffled: bool) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    order = rng.permutation(number) if shuffled else np.arange(number)
    return pd.DataFrame(
        {
            "person_id": pd.array([f"{place:032x}" for place in order], dtype="str"),
            "index_date": pd.Timestamp("2025-01-01"),
            "exposure_months": rng.integers(1, 13, number).astype(np.float64),
            "expected_cost": rng.gamma(0.8, 8000, number) + 50,
            "region": pd.array(rng.choice(["east", "central", "west"], number), dtype="str"),
        }
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    policy = read_policy(find_presets() / "models" / "rates" / "capitation.toml", RatePolicy)
    seconds: dict[str, list[float]] = {"files": [], "rating": [], "fit": []}
    apart = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make_members(chosen.members, shuffled=chosen.shuffled).to_parquet(folder / "members.parquet", index=False)
        for _ in range(chosen.repeats):
            start = time.perf_counter()
            members = pd.read_parquet(folder / "members.parquet")
            read = time.perf_counter()
            frozen = fit_rates(policy, members, reference_population="benchmark")
            fitted = time.perf_counter()
            rates, ledger = compute_rates(frozen, members)
            rated = time.perf_counter()
            rates.to_parquet(folder / "rates.parquet", index=False)
            ledger.to_parquet(folder / "ledger.parquet", index=False)
            seconds["files"].append(read - start + time.perf_counter() - rated)
            seconds["rating"].append(rated - fitted)
            seconds["fit"].append(fitted - read)
            steps = len(ledger) // len(rates)
            sums = ledger["amount"].to_numpy().reshape(len(rates), steps).sum(axis=1)
            apart = max(apart, float(np.abs(sums - rates["rate_amount"].to_numpy()).max()))
    taken = {what: statistics.median(found) for what, found in seconds.items()}
    ratio = taken["rating"] / taken["files"]
    print(f"{chosen.members:,} members, {steps} steps in the ledger")
    print(f"seconds: rating {taken['rating']:.2f}, files {taken['files']:.2f}, fitting {taken['fit']:.2f}")
    print(f"rating / files: {ratio:.2f} (asked: at most {MOST_RATIO:g})")
    print(f"fitting and rating / files: {(taken['rating'] + taken['fit']) / taken['files']:.2f} (not limited)")
    print(f"largest difference of a ledger and its rate: {apart:.1e} (asked: below 0.01)")
    met = ratio <= MOST_RATIO and apart < 0.01
    return 1 if chosen.check and not met else 0


if __name__ == "__main__":
    sys.exit(main())

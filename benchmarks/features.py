"""Window features of 20 million claims against one wide conditional aggregation written by hand, in the same run.

Run: python benchmarks/features.py [--rows 20000000] [--memory 4] [--repeats 3] [--check]
Every measurement is a process of its own, on 2 threads; the ways take turns, and the figures are medians. With --check
it exits 1 where riskkit takes more than .6 of the time of the wide aggregation, where time from 10 to 40 million rows
grows by more than 4.4, where memory peaks above the limit plus 1 GB, or where the values differ.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from features_data import make_cohort, make_features, write_claims
from features_peers import run_polars, run_wide_sql

from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue

ASKED_RATIO, ASKED_GROWTH, SPARE_GB = 0.6, 4.4, 1.0
ROWS_PER_PERSON = 100
NO_CODES = pd.DataFrame({name: pd.Series(dtype="str") for name in ("code", "vocabulary", "code_group")})


def run_riskkit(file: Path, cohort: pd.DataFrame, chosen: Catalogue, memory_gb: float) -> pd.DataFrame:
    codes = NO_CODES.assign(points=pd.Series(dtype="float64"))
    return build_features(
        cohort, {"medical_claim": file}, chosen, everything=chosen, code_map=codes, memory_gb=memory_gb
    )


WAYS = {"riskkit": run_riskkit, "wide SQL": run_wide_sql, "polars": run_polars}


def measure_here(way: str, file: Path, persons: int, memory_gb: float) -> None:
    """Run one way once in this process, keep its answer beside the claims and tell time and peak memory."""
    cohort, chosen = make_cohort(persons), make_features()
    start = time.perf_counter()
    frame = WAYS[way](file, cohort, chosen, memory_gb)
    seconds = time.perf_counter() - start
    frame.to_parquet(file.with_name(f"answer of {way}.parquet"))
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    print(json.dumps({"seconds": seconds, "peak_gb": peak_gb}))


def measure(way: str, file: Path, persons: int, memory_gb: float) -> dict[str, float]:
    command = [sys.executable, __file__, "--way", way, "--file", str(file)]
    command += ["--persons", str(persons), "--memory", str(memory_gb)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(told.splitlines()[-1]))


def differences(folder: Path, way: str) -> float:
    """Return the largest difference of any value, relative to values above 1; infinite where one alone is missing."""
    values = [pd.read_parquet(folder / f"answer of {one}.parquet").iloc[:, 2:].to_numpy() for one in ("riskkit", way)]
    mine, other = values
    if (np.isnan(mine) != np.isnan(other)).any():
        return float("inf")
    return float(np.nanmax(np.abs(mine - other) / np.maximum(np.abs(mine), 1.0)))


def compare(folder: Path, rows: int, memory_gb: float, repeats: int) -> bool:
    persons = rows // ROWS_PER_PERSON
    file = write_claims(folder / "claims.parquet", rows, persons)
    print(
        f"{rows:,} claims of {persons:,} persons, {len(make_features().features)} window features, "
        f"2 threads, {memory_gb:g} GB"
    )
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for turn in range(repeats):
        for way in list(WAYS)[:: 1 if turn % 2 == 0 else -1]:
            runs[way].append(measure(way, file, persons, memory_gb))
    seconds = {way: statistics.median(run["seconds"] for run in runs[way]) for way in WAYS}
    peak = max(run["peak_gb"] for run in runs["riskkit"])
    ratio = seconds["riskkit"] / seconds["wide SQL"]
    apart = {way: differences(folder, way) for way in WAYS if way != "riskkit"}
    print(f"riskkit / wide SQL: {ratio:.2f} (asked: at most {ASKED_RATIO}; wide SQL {seconds['wide SQL']:.2f} s)")
    print(f"riskkit / polars streaming: {seconds['riskkit'] / seconds['polars']:.2f} (not limited)")
    print(f"peak memory of riskkit: {peak:.2f} GB (asked: at most {memory_gb + SPARE_GB:g} GB)")
    print(f"largest difference: {', '.join(f'{way} {gap:.0e}' for way, gap in apart.items())} (asked: at most 1e-09)")
    file.unlink()
    return ratio <= ASKED_RATIO and peak <= memory_gb + SPARE_GB and max(apart.values()) <= 1e-9


def grow(folder: Path, rows: int, memory_gb: float, repeats: int) -> bool:
    """Compare half as many rows with twice as many: of the same persons, and of persons in proportion."""
    few, many, persons = rows // 2, rows * 2, rows // ROWS_PER_PERSON
    sizes = [(few, persons), (many, persons), (few, persons // 2), (many, persons * 2)]
    files = [write_claims(folder / f"{rows} of {persons}.parquet", rows, persons) for rows, persons in sizes]
    runs: list[list[dict[str, float]]] = [[] for _ in sizes]
    for _ in range(repeats):
        for (_, held), file, measured in zip(sizes, files, runs, strict=True):
            measured.append(measure("riskkit", file, held, memory_gb))
    seconds = [statistics.median(run["seconds"] for run in measured) for measured in runs]
    peak = max(run["peak_gb"] for measured in runs for run in measured)
    growth, in_proportion = seconds[1] / seconds[0], seconds[3] / seconds[2]
    print(f"time of {many:,} / {few:,} rows of {persons:,} persons: {growth:.2f} (asked: at most {ASKED_GROWTH})")
    print(f"the same with {persons * 2:,} / {persons // 2:,} persons: {in_proportion:.2f} (not limited)")
    print(f"peak memory up to {many:,} rows: {peak:.2f} GB (asked: at most {memory_gb + SPARE_GB:g} GB)")
    return growth <= ASKED_GROWTH and peak <= memory_gb + SPARE_GB


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--memory", type=float, default=4.0, help="memory limit in GB")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--persons", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.way:
        measure_here(chosen.way, chosen.file, chosen.persons, chosen.memory)
        return 0
    with tempfile.TemporaryDirectory(prefix="riskkit-bench-") as folder:
        met = compare(Path(folder), chosen.rows, chosen.memory, chosen.repeats)
        met &= grow(Path(folder), chosen.rows, chosen.memory, chosen.repeats)
    return 1 if chosen.check and not met else 0


if __name__ == "__main__":
    sys.exit(main())

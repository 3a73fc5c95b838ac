"""How close the models come to the true risk of the synthetic cohort, out of time.

Run: python benchmarks/truth.py [--persons 60000] [--scheme complications] [--scheme synthetic] [--trials 0] [--check]
Prints, for every outcome, discrimination of the model and of the true risk in the same test year and their ratio, the
calibration slope and ICI (those of the true risk beside them: what chance alone leaves) and the events.
With --check it exits 1 where an outcome with 500 events or more has less than 97% of the true AUROC, a slope outside
.95 to 1.05 or an ICI above .01, or a cost less than 90% of the true R2. An outcome without a truth is held to slope
and ICI.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from riskkit.data.presets import find_presets
from riskkit.data.synthetic import write_cohort
from riskkit.workflow.scheme import read_scheme
from riskkit.workflow.training import train_scheme

EVENTS = 500
LEAST_RATIO = {"binary": 0.97, "cost": 0.90}
SLOPE = (0.95, 1.05)
MOST_ICI = 0.01
CLOSE = ("calibration_slope", "ici")
YEARS = {"complications": (2016, 10), "synthetic": (2020, 5)}
"""First year and number of years of each scheme's cohort."""
HEAD = ("outcome", "events", "model", "truth", "ratio", "slope", "(truth)", "ICI", "(truth)", "misses")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=60_000)
    parser.add_argument("--scheme", action="append", choices=sorted(YEARS), help="one or both; both if not given")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trials", type=int, default=0)
    parser.add_argument("--bootstrap", type=int, default=50)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    missed = []
    for name in chosen.scheme or sorted(YEARS):
        start = time.perf_counter()
        file = find_presets() / "pipelines" / f"{name}.toml"
        scheme = read_scheme(file, tuning_trials=chosen.trials, n_bootstrap=chosen.bootstrap)
        with tempfile.TemporaryDirectory() as folder:
            first, years = YEARS[name]
            source = write_cohort(Path(folder) / "source", chosen.persons, years, chosen.seed, first_year=first)
            outcomes = train_scheme(scheme, source, Path(folder) / "work").summary["outcomes"]
        print(f"{name}, {chosen.persons:,} members, seed {chosen.seed}, {time.perf_counter() - start:.0f} s")
        print(show(HEAD))
        for outcome, figures in outcomes.items():
            found = find_misses(figures)
            print(show(describe(outcome, figures, found)), flush=True)
            missed += [f"{outcome} {what}" for what in found]
    print("missed: " + ("; ".join(missed) or "nothing"))
    return 1 if chosen.check and missed else 0


def find_misses(figures: dict[str, Any]) -> list[str]:
    """Name what an outcome with enough events misses."""
    if figures["events"] < EVENTS:
        return []
    truth, test = figures.get("truth"), figures["test"]
    kind = "cost" if "r2" in test else "binary"
    found = ["ratio"] if truth and not truth["ratio"] >= LEAST_RATIO[kind] else []
    if kind == "binary":
        found += [] if SLOPE[0] <= test["calibration_slope"]["value"] <= SLOPE[1] else ["slope"]
        found += [] if test["ici"]["value"] <= MOST_ICI else ["ICI"]
    return found


def describe(outcome: str, figures: dict[str, Any], missed: list[str]) -> tuple[str, ...]:
    """Lay out one row of the table."""
    test, truth = figures["test"], figures.get("truth")
    metric = "r2" if "r2" in test else "auroc"
    model = test[metric]["value"] if truth is None else truth["model"]
    beside = {name: "" if truth is None or name not in truth else f"{truth[name]['value']:.4f}" for name in CLOSE}
    return (
        outcome,
        str(figures["events"]),
        f"{model:.4f}",
        "" if truth is None else f"{truth[metric]['value']:.4f}",
        "" if truth is None else f"{truth['ratio']:.4f}",
        f"{test['calibration_slope']['value']:.3f}",
        beside["calibration_slope"],
        f"{test['ici']['value']:.4f}" if "ici" in test else "",
        beside["ici"],
        ", ".join(missed) if figures["events"] >= EVENTS else "not asked",
    )


def show(cells: tuple[str, ...]) -> str:
    """Line up the cells of a row."""
    return f"{cells[0]:26}" + "".join(f"{cell:>10}" for cell in cells[1:-1]) + f"  {cells[-1]}"


if __name__ == "__main__":
    sys.exit(main())

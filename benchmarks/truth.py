"""How close the models come to the true risk of the synthetic cohort, out of time.

Run: python benchmarks/truth.py [--persons 20000] [--trials 0] [--check]
Prints, for admission and cost, the model's figure over that of the true risk in the same test year, and the slope.
With --check it exits 1 where admission reaches less than 95% of the true AUROC or its slope is outside .9 to 1.1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from riskkit.data.presets import find_presets
from riskkit.data.synthetic import write_cohort
from riskkit.workflow.scheme import read_scheme
from riskkit.workflow.training import train_scheme

LEAST_RATIO = 0.95
SLOPE = (0.9, 1.1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trials", type=int, default=0)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    scheme = read_scheme(find_presets() / "pipelines" / "synthetic.toml", tuning_trials=chosen.trials, n_bootstrap=200)
    with tempfile.TemporaryDirectory() as folder:
        source = write_cohort(Path(folder) / "source", chosen.persons, 5, chosen.seed)
        outcomes = train_scheme(scheme, source, Path(folder) / "work").summary["outcomes"]
    for name, outcome in outcomes.items():
        truth, slope = outcome["truth"], outcome["test"]["calibration_slope"]
        metric = truth["metric"]
        print(
            f"{name}: {metric} {truth['model']:.4f}, of the true risk {truth[metric]['value']:.4f}, "
            f"ratio {truth['ratio']:.4f}; slope {slope['value']:.3f} ({slope['low']:.3f} to {slope['high']:.3f})"
        )
    admission = outcomes["admission"]
    met = (
        admission["truth"]["ratio"] >= LEAST_RATIO
        and SLOPE[0] <= admission["test"]["calibration_slope"]["value"] <= SLOPE[1]
    )
    return 1 if chosen.check and not met else 0


if __name__ == "__main__":
    sys.exit(main())

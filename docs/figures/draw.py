"""Draw docs/figures/demo.png from a retraining's folder: calibration of the risk, predictive ratio of the cost."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd

from riskkit.evaluation.plots import plot_predictive_ratio, plot_reliability
from riskkit.evaluation.reliability import compute_reliability

TARGET = Path(__file__).with_name("demo.png")


def bins(predictions: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Bin one outcome's test predictions by decile, with intervals."""
    rows = predictions[predictions["outcome"] == outcome]
    return compute_reliability(rows["observed"], rows["predicted"], rows["weight"], rows["person_id"])


def main(out: Path) -> None:
    """Draw both panels and save them beside this file."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    predictions = pd.read_parquet(out / "evaluation" / "predictions.parquet")
    mpl.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.2, 3.3), layout="constrained")
    plot_reliability(bins(predictions, "admission"), left)
    left.set(title="Admission within 12 months", xlabel="Predicted risk", ylabel="Observed share")
    plot_predictive_ratio(bins(predictions, "payment_cost"), right)
    right.set(title="Cost of the next year, payment model", xlabel="Decile of the prediction", ylim=(0.7, 1.3))
    figure.savefig(TARGET, dpi=130)
    sys.stdout.write(f"{TARGET}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo"))

"""Write the stored models of format version 1: run once, by riskkit 0.1.0; a later format gets a folder of its own.

The expected numbers do not come from riskkit's own prediction: the trees are walked leaf by leaf in plain Python, and
the calibration is written out by hand below.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel
from riskkit.risk.spec import OutcomeSpec
from riskkit.risk.store import write_model

FOLDER = Path(__file__).parent / "v1"
NAMES = ["age_years", "hba1c", "egfr"]


def make_spec(kind: str) -> OutcomeSpec:
    """Specify tiny trees."""
    cost = kind == "cost"
    return OutcomeSpec.model_validate(
        {
            "name": "next_year_cost" if cost else "admission",
            "title": "Golden model",
            "title_zh": "黄金样例",
            "kind": kind,
            "policy": "clinical",
            "label": "cost" if cost else "admission",
            "horizon_days": 365,
            "label_options": {"amount": "allowed_amount"} if cost else {},
            "features": {"include": ["demography", "glycaemia", "kidney"]},
            "model": {
                "objective": "two_part" if cost else "binary",
                "num_leaves": 4,
                "n_estimators": 3,
                "learning_rate": 0.5,
                "min_child_samples": 20,
            },
            "tuning": {"trials": 0, "timeout_seconds": 1},
            "calibration": {"methods": ["loglinear" if cost else "isotonic"], "events_for_isotonic": 1},
            "acceptance": {"reference": "golden case", "effective": "2024-01-01", "oe_ratio": [0.97, 1.03]},
        }
    )


def make_frame(kind: str, *, seed: int, prefix: str) -> ModelFrame:
    """Make 400 members."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame({"age_years": rng.uniform(30, 90, 400), "hba1c": rng.normal(7.5, 1.5, 400)}).round(1)
    x["egfr"] = rng.normal(75, 20, 400).round()
    x.loc[rng.random(400) < 0.2, "hba1c"] = np.nan
    margin = (x["age_years"] - 60) / 15 + (60 - x["egfr"]) / 30
    x.insert(0, "person_id", [f"{prefix}{i:03d}" for i in range(400)])
    x.insert(1, "index_date", pd.Timestamp("2023-01-01"))
    if kind == "binary":
        return ModelFrame(x, (rng.random(400) < 1 / (1 + np.exp(1 - margin))).astype(float), np.ones(400))
    observed = np.where(rng.random(400) < 0.8, np.exp(6 + 0.5 * margin) * rng.gamma(1.0, 1.0, 400), 0.0).round(2)
    return ModelFrame(x, observed, rng.integers(3, 13, 400) / 12)


def walk(node: dict[str, Any], row: list[float]) -> float:
    """Walk one tree to its leaf."""
    while "split_feature" in node:
        value = row[node["split_feature"]]
        if math.isnan(value) and node["missing_type"] == "NaN":
            left = node["default_left"]
        else:
            left = (0.0 if math.isnan(value) else value) <= node["threshold"]
        node = node["left_child"] if left else node["right_child"]
    return float(node["leaf_value"])


def calibrate(model: OutcomeModel, raw: float) -> float:
    """Write the calibration out: a log-linear line for cost, knots and a shift for a probability."""
    c = model.calibrator
    if c.kind == "cost":
        return math.exp(c.intercept + c.slope * raw)
    p = 1 / (1 + math.exp(-raw))
    logit = lambda q: math.log(q / (1 - q))  # noqa: E731
    nearest = min(max(p, c.x[0]), c.x[-1])
    i = max(j for j in range(len(c.x) - 1) if c.x[j] <= nearest) if len(c.x) > 1 else 0
    curve = c.y[i] + (c.y[i + 1] - c.y[i]) * (nearest - c.x[i]) / (c.x[i + 1] - c.x[i])
    return 1 / (1 + math.exp(-(c.intercept + logit(curve) + logit(p) - logit(nearest))))


def write(kind: str) -> None:
    """Store a model and what it must predict for twelve members."""
    model = fit_outcome(
        make_spec(kind),
        make_frame(kind, seed=1, prefix="t"),
        make_frame(kind, seed=2, prefix="c"),
        feature_names=NAMES,
        directions={"age_years": 1, "egfr": -1},
        num_threads=1,
    )
    folder = write_model(model, FOLDER / model.spec.name)
    features = make_frame(kind, seed=3, prefix="x").features[NAMES].head(12)
    rows = features.to_numpy().tolist()
    margins = [
        [sum(walk(tree["tree_structure"], row) for tree in booster.dump_model()["tree_info"]) for row in rows]
        for booster in model.boosters
    ]
    # the expected cost of two parts is chance times amount
    raw = margins[0] if len(margins) == 1 else [b - math.log1p(math.exp(-a)) for a, b in zip(*margins, strict=True)]
    expected = {
        "features": json.loads(features.to_json(orient="columns")),
        "raw_score": raw,
        "predicted": [calibrate(model, value) for value in raw],
    }
    text = json.dumps(expected, indent=2) + "\n"
    folder.with_name(f"{folder.name}.expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for each in ("binary", "cost"):
        write(each)

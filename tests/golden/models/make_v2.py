"""Write the stored models of format version 2: a beta map, and decile knots with age-sex factors.

As for version 1, the expected numbers are walked leaf by leaf and written out by hand below.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel
from riskkit.risk.outcome_calibration import strip
from riskkit.risk.recalibration import fit_calibrator
from riskkit.risk.store import write_model
from tests.golden.models.make_v1 import make_frame as make_frame_v1
from tests.golden.models.make_v1 import make_spec, walk

FOLDER = Path(__file__).parent / "v2"
NAMES = ["age_years", "hba1c", "egfr", "is_female"]
BLOCKS = {
    "binary": {"calibration": {"methods": ["beta"]}},
    "cost": {
        "model": {"objective": "tweedie"},
        "calibration": {"methods": ["deciles"]},
        "balance": {
            "cells": "age_sex",
            "age_bands": [50.0, 70.0],
            "minimum_members": 50,
            "reference": "golden case",
            "effective": "2024-01-01",
        },
    },
}


def make_frame(kind: str, *, seed: int, prefix: str) -> ModelFrame:
    """Make the members of version 1 with their sex: women cost half as much again."""
    frame = make_frame_v1(kind, seed=seed, prefix=prefix)
    female = (np.arange(len(frame.observed)) % 2).astype(float)
    observed = frame.observed if kind == "binary" else (frame.observed * (1 + female / 2)).round(2)
    return ModelFrame(frame.features.assign(is_female=female), observed, frame.weight)


def calibrate(model: OutcomeModel, raw: float, row: list[float]) -> float:
    """Write the calibration out: two powers and a shift, or lines between knots and a factor."""
    c = model.calibrator
    if c.kind == "binary":
        p = 1 / (1 + math.exp(-raw))
        margin = c.powers[0] * math.log(p) - c.powers[1] * math.log(1 - p) + c.intercept
        return 1 / (1 + math.exp(-margin))
    amount = math.exp(raw)
    inside = min(max(amount, c.x[0]), c.x[-1])
    i = max(j for j in range(len(c.x) - 1) if c.x[j] <= inside)
    curve = c.y[i] + (c.y[i + 1] - c.y[i]) * (inside - c.x[i]) / (c.x[i + 1] - c.x[i])
    band = sum(row[0] >= start for start in (50.0, 70.0))
    assert model.balance is not None
    return math.exp(c.intercept) * curve * amount / inside * model.balance.factors[int(row[3])][band]


def write(kind: str) -> None:
    """Store a model and what it must predict for twelve members."""
    calibration = make_frame(kind, seed=2, prefix="c")
    model = fit_outcome(
        make_spec(kind).with_overrides(BLOCKS[kind]),
        make_frame(kind, seed=1, prefix="t"),
        calibration,
        feature_names=NAMES,
        directions={"age_years": 1, "egfr": -1},
        num_threads=1,
    )
    if kind == "binary":  # of identity and beta the one that is to be stored
        raw_risk = strip(model).predict(calibration.features)
        beta = fit_calibrator(raw_risk, calibration.observed, kind="binary", methods=["beta"])
        model = replace(model, calibrator=beta)
    folder = write_model(model, FOLDER / model.spec.name)
    features: pd.DataFrame = make_frame(kind, seed=3, prefix="x").features[NAMES].head(12)
    rows = features.to_numpy().tolist()
    trees = model.booster.dump_model()["tree_info"]
    raw = [sum(walk(tree["tree_structure"], row) for tree in trees) for row in rows]
    expected = {
        "features": json.loads(features.to_json(orient="columns")),
        "raw_score": raw,
        "predicted": [calibrate(model, value, row) for value, row in zip(raw, rows, strict=True)],
    }
    text = json.dumps(expected, indent=2) + "\n"
    folder.with_name(f"{folder.name}.expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for each in ("binary", "cost"):
        write(each)

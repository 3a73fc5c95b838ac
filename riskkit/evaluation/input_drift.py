"""What the inputs alone say of a later year, before any outcome is known: stable, watch or act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.drift import PSI_ACT, PSI_WATCH, compute_feature_drift, compute_stability
from riskkit.evaluation.sample import as_finite

InputVerdict = Literal["stable", "watch", "act"]
SHOWN = 10
MEAN_ACT = 1.25
"""A mean prediction that moves by a quarter, up or down, needs an answer, as a stability index of a quarter does."""


@dataclass(frozen=True)
class InputDrift:
    """What the features and predictions of a later year say without its outcomes.

    Parameters
    ----------
    verdict : {"stable", "watch", "act"}
        The highest of what the score, the mean and the features ask for.
    score_psi, score_shift, score_low, score_high : float
        Stability index of the prediction, and its size less sampling noise with the 95% interval.
    mean_ratio : float
        Mean prediction of the later year over that of the reference; NaN where the latter is not positive.
    moved_share : float
        Part of the model's importance that rests on features that moved so far that they need an answer.
    moved : tuple of dict
        The features that moved, the most important first: `feature`, `psi`, `shift`, `importance`, `verdict`.
    reason : str
        Why, in one sentence.
    """

    verdict: InputVerdict
    score_psi: float
    score_shift: float
    score_low: float
    score_high: float
    mean_ratio: float
    moved_share: float
    moved: tuple[dict[str, Any], ...]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain values, None where a figure is not defined.

        Returns
        -------
        dict
            The fields by name.
        """
        values = {**asdict(self), "moved": list(self.moved)}
        undefined = {name for name, value in values.items() if isinstance(value, float) and not np.isfinite(value)}
        return {name: None if name in undefined else value for name, value in values.items()}


def compute_input_drift(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    reference_score: npt.ArrayLike,
    current_score: npt.ArrayLike,
    *,
    importance: Mapping[str, float],
    stable: tuple[float, float],
) -> InputDrift:
    """Judge a later year by its inputs: which features moved, and what the model makes of it.

    Parameters
    ----------
    reference, current : pandas.DataFrame of shape (n_rows, n_columns)
        Features of the reference year and of the later one; `person_id` where a person has several rows.
    reference_score, current_score : array-like of shape (n_rows,)
        Predictions of the model for the same rows.
    importance : mapping of str to float
        What each feature of the model weighs, such as its gain; others are not looked at.
    stable : tuple of two float
        Band of the ratio of mean predictions inside which nothing is said; wider than a year's ageing and trend.

    Returns
    -------
    InputDrift
        The verdict is ``"act"`` where the score moved by more than .25 (stability index less noise), features that
        carry more than a quarter of the importance did, or the mean prediction moved by a quarter; ``"watch"`` above
        .1 for the former two, or where the mean prediction leaves the band. All are sizes, not tests: the same shift
        gets the same verdict in a small and a large year.

    Raises
    ------
    DataContractError
        If a feature is absent, a prediction is missing or either side has no row.

    Examples
    --------
    >>> before = pd.DataFrame({"age": np.arange(100.0)})
    >>> found = compute_input_drift(before, before - 80, np.arange(100.0), np.arange(100.0) - 80,
    ...                             importance={"age": 1.0}, stable=(0.95, 1.05))
    >>> found.verdict
    'act'
    """
    used = [name for name in importance if importance[name] > 0]
    keys = [name for name in ("person_id",) if name in reference and name in current]
    table = compute_feature_drift(reference[[*keys, *used]], current[[*keys, *used]])
    total = sum(importance[name] for name in used) or 1.0
    table["importance"] = [importance[name] / total for name in table["feature"]]
    moved = table[table["verdict"] != "stable"].sort_values(["importance", "feature"], ascending=[False, True])
    share = float(moved.loc[moved["verdict"] == "act", "importance"].sum())
    before, after = as_finite(reference_score, "reference score"), as_finite(current_score, "current score")
    sizes = [frame["person_id"].nunique() if keys else len(frame) for frame in (reference, current)]
    score = compute_stability(before, after, n_reference=sizes[0], n_current=sizes[1])
    ratio = float(after.mean() / before.mean()) if before.mean() > 0 else float("nan")
    verdict = _judge(score.shift, share, ratio, stable)
    shown = moved[["feature", "psi", "shift", "importance", "verdict"]].head(SHOWN).to_dict("records")
    rows = tuple({str(key): value for key, value in row.items()} for row in shown)
    reason = _say(verdict, score.shift, share, ratio, rows)
    return InputDrift(verdict, score.psi, score.shift, score.low, score.high, ratio, share, rows, reason)


def _judge(score_shift: float, share: float, ratio: float, stable: tuple[float, float]) -> InputVerdict:
    far = np.isfinite(ratio) and not 1 / MEAN_ACT <= ratio <= MEAN_ACT
    if max(score_shift, share) > PSI_ACT or far:
        return "act"
    inside = not np.isfinite(ratio) or stable[0] <= ratio <= stable[1]
    return "watch" if max(score_shift, share) > PSI_WATCH or not inside else "stable"


def _say(verdict: str, shift: float, share: float, ratio: float, moved: tuple[dict[str, Any], ...]) -> str:
    """Say what the inputs show, and what to do before the outcomes come in."""
    mean = f"the mean prediction is {ratio:.2f} times that of the reference" if np.isfinite(ratio) else ""
    found = "; ".join(part for part in (mean, f"the predictions moved by {shift:.2f} (stability index)") if part)
    found += f"; features that moved beyond {PSI_ACT:g} carry {share:.0%} of the model"
    if moved:
        found += f", first {moved[0]['feature']}"
    advice = {
        "stable": "Nothing speaks against the model yet.",
        "watch": "Look at these features before the model is used.",
        "act": "Explain this before anything is scored or paid.",
    }
    return f"{found[:1].upper()}{found[1:]}. {advice[verdict]}"

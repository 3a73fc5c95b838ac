"""Explanations of a run on disk: contributions per member, base value, beeswarm, waterfall and reasons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.explain.plots import plot_beeswarm, plot_waterfall
from riskkit.explain.reasons import compute_reasons
from riskkit.workflow.score import KEYS, compute_member_contributions, quantity_of

if TYPE_CHECKING:
    from pathlib import Path

    from riskkit.workflow.bundle import Bundle

REPORT_ROWS = 5_000
ARCHETYPES = ("low", "medium", "high")


def write_explanations(bundle: Bundle, outcome: str, members: pd.DataFrame, folder: Path) -> None:
    """Write how one outcome's predictions come about.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    outcome : str
        One of its outcomes.
    members : pandas.DataFrame
        Keys and features of the members to explain.
    folder : pathlib.Path
        Gets ``contributions.parquet``, ``base_value.json``, ``beeswarm.png``, ``waterfall.png`` and
        ``reasons.json``.
    """
    model = bundle.models[outcome]
    catalogue, quantity = bundle.catalogue.to_frame(), quantity_of(bundle, model)
    folder.mkdir(parents=True, exist_ok=True)
    contributions = compute_member_contributions(model, members)
    contributions.to_parquet(folder / "contributions.parquet", index=False)
    base = {"outcome": outcome, "unit": quantity.unit, "base_value": float(contributions["base_value"].iloc[0])}
    (folder / "base_value.json").write_text(json.dumps(base, indent=1), encoding="utf-8")
    drawn = sample_rows(members, REPORT_ROWS)
    few, values = contributions.take(drawn), members.take(drawn)
    figure = plot_beeswarm(few, values, catalogue, label=f"Contribution to {quantity.name} ({quantity.unit})")
    figure.savefig(folder / "beeswarm.png", dpi=120, bbox_inches="tight")
    middle = [find_typical(contributions)]
    one, row = contributions.take(middle).reset_index(drop=True), members.take(middle).reset_index(drop=True)
    plot_waterfall(one, row, catalogue, quantity).savefig(folder / "waterfall.png", dpi=120, bbox_inches="tight")
    reasons = compute_reasons(one, row, catalogue, quantity)
    text = json.dumps(reasons[0], ensure_ascii=False, indent=1)
    (folder / "reasons.json").write_text(text, encoding="utf-8")


def sample_rows(frame: pd.DataFrame, most: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Choose rows evenly over a frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame.
    most : int
        Most rows.

    Returns
    -------
    numpy.ndarray of int
        Positions.
    """
    return np.unique(np.linspace(0, len(frame) - 1, min(most, len(frame))).astype(np.int64))


def find_typical(contributions: pd.DataFrame) -> int:
    """Find the member whose prediction is the median.

    Parameters
    ----------
    contributions : pandas.DataFrame
        Contributions frame.

    Returns
    -------
    int
        Position of the row.
    """
    total = contributions.drop(columns=KEYS).sum(axis=1).to_numpy()
    return int(np.argsort(total, kind="stable")[len(total) // 2])


def choose_examples(scores: pd.DataFrame) -> dict[str, int]:
    """Choose three members for the report: the typical one of each tier, or of each third without tiers.

    Parameters
    ----------
    scores : pandas.DataFrame
        Scores frame; its first outcome orders the members.

    Returns
    -------
    dict of str to int
        Position by archetype (``"low"``, ``"medium"``, ``"high"``).
    """
    risk = scores.iloc[:, 2]
    third = np.minimum(risk.rank(method="first").to_numpy() * 3 // (len(risk) + 1), 2).astype(int)
    third_names = pd.Series(np.array(ARCHETYPES, dtype=object)[third], index=scores.index)
    groups = scores["risk_tier"] if "risk_tier" in scores else third_names
    chosen = {}
    for name in ARCHETYPES:
        rows = np.flatnonzero(groups.to_numpy() == name)
        if len(rows):
            chosen[name] = int(rows[np.argsort(risk.to_numpy()[rows], kind="stable")[len(rows) // 2]])
    return chosen


def describe_examples(bundle: Bundle, scores: pd.DataFrame, ledger: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Describe the three example members of the report.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    scores : pandas.DataFrame
        Scores frame.
    ledger : pandas.DataFrame or None
        Ledger of the rate table.

    Returns
    -------
    list of dict
        `label`, `person`, tier, package, rate, predictions, reasons, lines of the rate and ledger.
    """
    examples = []
    for label, place in choose_examples(scores).items():
        row = scores.iloc[place]
        examples.append(
            {
                "label": label,
                "person": str(row["person_id"]),
                "risk_tier": row.get("risk_tier"),
                "package": row.get("package"),
                "rate_amount": None if "rate_amount" not in row else float(row["rate_amount"]),
                "predictions": {name: float(row[name]) for name in bundle.models},
                "reasons": json.loads(row["reasons"]),
                "rate_lines": json.loads(row.get("rate_lines", "[]")),
                "ledger": _lines(ledger, row),
            }
        )
    return examples


def _lines(ledger: pd.DataFrame | None, row: pd.Series[Any]) -> list[dict[str, Any]]:
    if ledger is None:
        return []
    same = (ledger["person_id"] == row["person_id"]) & (ledger["index_date"] == row["index_date"])
    lines = ledger.loc[same, ["step", "item", "amount"]].itertuples(index=False)
    return [{"step": int(step), "item": str(item), "amount": float(amount)} for step, item, amount in lines]

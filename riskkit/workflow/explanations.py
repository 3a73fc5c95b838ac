"""Explanations of a run: words, a global table and figures by outcome, from what every member's answer rests on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.explain.contributions import compute_importance
from riskkit.explain.dictionary import make_reason_dictionary
from riskkit.explain.plots import plot_beeswarm, plot_dependence
from riskkit.explain.reasons import compute_reasons
from riskkit.explain.waterfall import plot_waterfall
from riskkit.workflow.member_contributions import KEYS, quantity_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from riskkit.explain.wording import Quantity
    from riskkit.workflow.bundle import Bundle

    Progress = Callable[[str, int, int], None]

REPORT_ROWS, DPI = 5_000, 120
ARCHETYPES = ("low", "medium", "high")


def describe_outcomes(
    bundle: Bundle, outcomes: Sequence[str], members: pd.DataFrame, folder: Path, *, progress: Progress | None = None
) -> None:
    """Describe how the predictions of some outcomes come about, from the contributions of every member.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    outcomes : sequence of str
        Some of its outcomes.
    members : pandas.DataFrame
        Keys and features of the members that were explained, in their order.
    folder : pathlib.Path
        Holds a folder per outcome, as `ExplanationFiles` left it, which gets ``reason_dictionary.json``,
        ``importance.csv`` (mean size of each feature's contributions), ``beeswarm.png``, ``dependence.png``, and of a
        member of low, medium and high prediction ``waterfall_<archetype>.png`` and together ``reasons.json``.
    progress : callable, optional
        Called with (what, done, in all).
    """
    for done, outcome in enumerate(outcomes):
        if progress:
            progress(f"draw {outcome}", done, len(outcomes))
        _describe(bundle, outcome, members, folder / outcome)


def _describe(bundle: Bundle, outcome: str, members: pd.DataFrame, folder: Path) -> None:
    """Write words, global table and figures of an outcome whose contributions are in the folder."""
    model = bundle.models[outcome]
    catalogue, quantity = bundle.catalogue.to_frame(), quantity_of(bundle, model)
    contributions = pd.read_parquet(folder / "contributions.parquet")
    words = make_reason_dictionary(model.feature_names, catalogue, quantity)
    _write_json(words.to_dict("records"), folder / "reason_dictionary.json")
    said = _scale(contributions, quantity.scale)
    compute_importance(said, catalogue).assign(unit=quantity.unit).to_csv(folder / "importance.csv", index=False)
    drawn = sample_rows(members, REPORT_ROWS)
    few, values = contributions.take(drawn), members.take(drawn)
    label = f"Contribution to {quantity.name} ({quantity.unit})"
    figures = {
        "beeswarm": plot_beeswarm(said.take(drawn), values, catalogue, label=label),
        "dependence": plot_dependence(few, values, catalogue, quantity),
    }
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.png", dpi=DPI, bbox_inches="tight")
    _write_archetypes(contributions, members, catalogue, quantity, folder)


def _write_archetypes(
    contributions: pd.DataFrame, members: pd.DataFrame, catalogue: pd.DataFrame, quantity: Quantity, folder: Path
) -> None:
    """Write waterfall and reasons of a typical member of each third."""
    places = find_archetypes(contributions)
    rows = list(places.values())
    shown, values = contributions.take(rows).reset_index(drop=True), members.take(rows).reset_index(drop=True)
    for row, name in enumerate(places):
        figure = plot_waterfall(shown, values, catalogue, quantity, row=row)
        figure.savefig(folder / f"waterfall_{name}.png", dpi=DPI, bbox_inches="tight")
    reasons = compute_reasons(shown, values, catalogue, quantity)
    _write_json(dict(zip(places, reasons, strict=True)), folder / "reasons.json")


def _scale(contributions: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Turn contributions into the unit in which they are said."""
    numbers = contributions.columns.difference(KEYS, sort=False)
    return contributions.assign(**(contributions[numbers] * scale))


def _write_json(content: object, file: Path) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


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


def find_archetypes(contributions: pd.DataFrame) -> dict[str, int]:
    """Find the typical member of each third of the predictions: its median.

    Parameters
    ----------
    contributions : pandas.DataFrame
        Contributions frame.

    Returns
    -------
    dict of str to int
        Position of the row by archetype (``"low"``, ``"medium"``, ``"high"``); with fewer than three members some are
        the same.
    """
    total = contributions.drop(columns=KEYS).sum(axis=1).to_numpy()
    order = np.argsort(total, kind="stable")
    return {name: int(order[(2 * third + 1) * len(order) // 6]) for third, name in enumerate(ARCHETYPES)}


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
                **{name: row[name] for name in ("model_tier", "tier_change", "tier_change_zh") if name in row},
                "rate_amount": None if "rate_amount" not in row else float(row["rate_amount"]),
                "predictions": {name: float(row[name]) for name in bundle.models},
                "reasons": json.loads(row["reasons"]),
                "tier_reasons": json.loads(row.get("tier_reasons", "[]")),
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

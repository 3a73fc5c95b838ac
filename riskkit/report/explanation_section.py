"""The section on explanations: whether other seeds and other samples of members name the same features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from riskkit.report.blocks import Block, Cell, make_note, make_section, make_table
from riskkit.report.titles import outcome_title
from riskkit.report.wording import format_number

Summary = Mapping[str, Any]
LEAST_STABLE: Final = 0.8
KINDS: Final = {"seeds": "other seeds", "bootstraps": "other samples of members"}


def make_explanation_section(summary: Summary) -> Block | None:
    """Make the section on the stability of explanations.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section, with the reason where an outcome could not be refitted; None where none was asked for.
    """
    measured = {name: one["stability"] for name, one in summary["outcomes"].items() if one.get("stability")}
    absent = {name: one["stability_absent"] for name, one in summary["outcomes"].items() if one.get("stability_absent")}
    if not measured and not absent:
        return None
    without = [
        make_note(f"Not measured for {outcome_title(summary, name)}: {reason}.", "warn")
        for name, reason in absent.items()
    ]
    rows: list[list[Cell]] = []
    shaky = []
    unused = []
    for name, stability in measured.items():
        title = outcome_title(summary, name)
        for kind, words in KINDS.items():
            found = stability[kind]
            rows.append(
                [title, words, str(found["fits"]), *(_make_cell(found[one]) for one in ("spearman", "top3_overlap"))]
            )
            if found["spearman"]["mean"] is None or found["top3_overlap"]["mean"] is None:
                unused.append(f"{title} ({words})")
            elif min(found["spearman"]["mean"], found["top3_overlap"]["mean"]) < LEAST_STABLE:
                shaky.append(f"{title} ({words})")
    lead = (
        "Light refits of each model, compared by the mean size of each feature's contributions: the rank correlation "
        "over all features used, and the share of the three strongest that agree. Mean of the refits (lowest)."
    )
    table = make_table(["Outcome", "Refits on", "Number", "Spearman", "Top three"], rows, words=2)
    without += [
        make_note(f"Not defined for {name}: the refits use no feature, so that there is nothing to compare.", "warn")
        for name in unused
    ]
    blocks = [_make_note(shaky, whole=not (unused or absent)), table] if measured else []
    return make_section("explanations", "Are the explanations stable?", [*blocks, *without], lead=lead)


def _make_cell(found: Mapping[str, float | None]) -> Cell:
    if found["mean"] is None:
        return "not defined"
    text = f"{format_number(found['mean'], 2)} ({format_number(found['lowest'], 2)})"
    return {"text": text, "tone": "bad"} if found["mean"] < LEAST_STABLE else text


def _make_note(shaky: list[str], *, whole: bool) -> Block | None:
    if not shaky and not whole:
        return None
    if not shaky:
        return make_note(f"Every model's explanations agree to {LEAST_STABLE:g} or more.", "good")
    text = (
        f"Below {LEAST_STABLE:g}: {', '.join(shaky)}. Correlated features share the credit differently by fit: "
        "read reasons by clinical group, and do not rest a decision on the order of single features."
    )
    return make_note(text, "warn")

"""The section on migration: where last year's members stand now, and how stable the tiers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskkit.evaluation.drift import PSI_ACT, PSI_WATCH
from riskkit.report.blocks import Block, Cell, make_figure, make_note, make_section, make_table
from riskkit.report.migration_figure import draw_migration
from riskkit.report.population_sections import WITHHELD, make_tier_blocks
from riskkit.report.titles import outcome_title, sentence_case
from riskkit.report.wording import SMALLEST_CELL, format_count, format_number, format_percent, is_small

if TYPE_CHECKING:
    from numpy.typing import NDArray

Summary = Mapping[str, Any]
PSI_TONES: Final = {"stable": "good", "watch": "warn", "act": "bad"}
BASES: Final = {
    "last_scores": "Last year's tiers are the final ones of that year, as they were given.",
    "index_years": "No tiers of last year were given: both years are by this year's models and cuts.",
}
RULES: Final = {
    "minimum_stay": "by the minimum stay",
    "within_margin": "within the margin below the cut",
    "one_step_down": "by one step down a year",
    "evidence_missing": "for want of evidence",
}


def make_migration_section(summary: Summary) -> Block | None:
    """Make the section on the move from last year's tiers to today's.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section; None without tiers of two years.
    """
    migration = summary.get("migration")
    if not migration:
        return None
    rows = [row for row in migration["rows"] if row["members"] or row["last_tier"] == "entered"]
    names = [name for name in rows[0]["now"] if any(row["now"][name] for row in rows) or name in {"left", "died"}]
    counts = np.array([[row["now"][name] for name in names] for row in rows], dtype=np.int64)
    hidden = hide_small_cells(counts)
    last = [str(row["last_tier"]) for row in rows]
    svg = draw_migration(np.where(hidden, 0, counts), last, names, "migration")
    caption = (
        "Red: into a higher tier; green: into a lower one; grey: the same tier; pale: who came or went. Moves that "
    )
    caption += "the table does not show are not drawn."
    blocks: list[Block | None] = [
        _make_stability_note(migration),
        _make_change_note(migration),
        make_figure(svg, f"From {migration['last_index_date']} to {migration['index_date']}", caption),
        _make_matrix(counts, hidden, last, names),
        _make_measures(migration),
        *_show_observed(summary, migration),
    ]
    lead = f"Where the members of {migration['last_index_date']} stand on {migration['index_date']}. "
    return make_section("migration", "Migration between tiers", blocks, lead=lead + BASES[migration["basis"]])


def hide_small_cells(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Find the cells of a table that are not shown: fewer than 11, and what would give a single one away.

    Parameters
    ----------
    counts : numpy.ndarray of shape (n_rows, n_columns)
        Members; the sums of rows and columns may be known.

    Returns
    -------
    numpy.ndarray of bool of shape (n_rows, n_columns)
        True for a cell that is not shown: in each row and column no hidden cell stands alone beside others that hold
        members.

    Examples
    --------
    The 5 goes, and with it the 20 of its row; in their columns the 40 and, as its row has lost one, the 50:

    >>> hide_small_cells(np.array([[90, 20, 5], [30, 40, 50], [60, 70, 80]])).astype(int).tolist()
    [[0, 1, 1], [0, 1, 1], [0, 0, 0]]
    """
    hidden: NDArray[np.bool_] = (counts > 0) & (counts < SMALLEST_CELL)
    changed = True
    while changed:
        changed = any([_hide_with_lone(*pair) for pair in ((counts, hidden), (counts.T, hidden.T))])
    return hidden


def _hide_with_lone(counts: NDArray[np.int64], hidden: NDArray[np.bool_]) -> bool:
    """Hide the smallest cell beside each that is hidden alone in its row, best where a column has lost one already."""
    changed = False
    for line, held in zip(counts, hidden, strict=True):
        others = np.flatnonzero((line > 0) & ~held)
        if held.sum() == 1 and len(others):
            broken = others[hidden[:, others].any(axis=0)]
            chosen = broken if len(broken) else others
            held[chosen[np.argmin(line[chosen])]] = True
            changed = True
    return changed


def _make_stability_note(migration: Mapping[str, Any]) -> Block:
    verdict = str(migration.get("psi_verdict"))
    text = (
        f"{format_percent(migration.get('stability'))} of those present in both years keep their tier. The shares of "
        f"the tiers moved by a PSI of {format_number(migration.get('psi'))}: {verdict}."
    )
    return make_note(text, PSI_TONES.get(verdict, "plain"))


def _make_change_note(migration: Mapping[str, Any]) -> Block | None:
    """Say how many tiers are not the model's own, and by whose rule."""
    changes = migration.get("changes")
    if not changes:
        said = "The tier policy holds no tier: today's tiers are the model's own."
        return make_note(said) if migration["basis"] == "last_scores" else None
    held = [f"{format_count(count)} {RULES.get(rule, rule)}" for rule, count in changes["held"].items()]
    raised = [f"{format_count(count)} for {code}" for code, count in changes["raised"].items()]
    text = f"Tiers that are not the model's own: held {', '.join(held) or 'none'}; raised by a clinician "
    text += f"{', '.join(raised) or 'none'}."
    if changes["overrides"]:
        # A summary of an earlier version counts those that had expired among those without effect.
        expired, early = (changes.get(name, 0) for name in ("expired", "not_yet_valid"))
        text += f" Of {changes['overrides']:,} overrides {changes['not_members']:,} named no member, {expired:,} had "
        text += f"expired, {early:,} did not hold yet and {changes['without_effect']:,} had no effect."
    return make_note(text)


def _make_matrix(
    counts: NDArray[np.int64], hidden: NDArray[np.bool_], last: Sequence[str], names: Sequence[str]
) -> Block:
    """Set the matrix: members, and the share of each row in small print."""
    rows: list[list[Cell]] = []
    for at, name in enumerate(last):
        total = int(counts[at].sum())
        cells: list[Cell] = [
            _make_cell(int(count), total, withheld=bool(held), same=name == column)
            for count, held, column in zip(counts[at], hidden[at], names, strict=True)
        ]
        rows.append([sentence_case(name), format_count(total), *cells])
    titles = ["Last tier", "Members", *(sentence_case(name) for name in names)]
    note = "Small print: share of the row. Cells of fewer than 11 members, and those that would give one away, are "
    return make_table(titles, rows, caption="Members by last tier and tier", note=f"{note}not shown.")


def _make_cell(count: int, total: int, *, withheld: bool, same: bool) -> Cell:
    if withheld:
        return {"text": format_count(count) if is_small(count) else WITHHELD}
    share = format_percent(count / total) if total and not is_small(total) else ""
    return {"text": format_count(count), "sub": share if count else "", "tone": "total" if same else ""}


def _make_measures(migration: Mapping[str, Any]) -> Block:
    rows: list[list[Cell]] = [
        ["Stability: share with the same tier", format_percent(migration.get("stability"))],
        ["Agreement beyond chance, weighted by steps (kappa)", format_number(migration.get("weighted_kappa"))],
        ["Population stability index of the shares", format_number(migration.get("psi"))],
        ["Rises that rest on diagnosis codes alone", format_percent(migration.get("coded_rises"))],
    ]
    note = f"PSI above {PSI_WATCH:g}: watch; above {PSI_ACT:g}: act. Kappa of 1 is no change."
    return make_table(["Measure", "Value"], rows, note=note)


def _show_observed(summary: Summary, migration: Mapping[str, Any]) -> list[Block | None]:
    """Show what happened to the members of last year's tiers in the year that followed."""
    observed = migration.get("observed")
    if not observed:
        return []
    text = f"What happened in the year from {migration['last_index_date']} to members of each last tier: "
    said = make_note(f"{text}{outcome_title(summary, observed.get('outcome'))}.")
    return [said, *make_tier_blocks(observed, "migration-observed", "Last year's tiers and what followed")]

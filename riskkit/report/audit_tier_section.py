"""The section of the audit page on the tiers that were audited: final or the model's own, and from which files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.blocks import Block, Cell, make_note, make_section, make_table
from riskkit.report.wording import format_count

if TYPE_CHECKING:
    from collections.abc import Mapping

FINAL: Final = "final"
FILES: Final = {"last_scores": "Last year's tiers 上年分层", "overrides": "Overrides 人工上调"}
SHOWN_DIGITS: Final = 16


def make_tier_section(audit: Mapping[str, Any]) -> Block | None:
    """Make the section on the tiers that the rates and groups of an audit rest on.

    Parameters
    ----------
    audit : mapping
        One audit; two side by side have the same tiers.

    Returns
    -------
    dict or None
        The section; None where the rates know no tier.
    """
    tiers = audit.get("tiers")
    if not tiers:
        return None
    blocks: list[Block | None] = [make_note(_say_used(tiers)), _list_files(tiers)]
    if tiers["changes"]:
        blocks.append(_count_changes(tiers["changes"]))
    lead = "The tier that is rated, grouped and gamed here is the one that is paid."
    return make_section("tiers", "Which tiers 分层依据", blocks, lead=lead)


def _say_used(tiers: Mapping[str, Any]) -> str:
    """Say which tiers stand behind this year's rates, and behind last year's."""
    if tiers["used"] == FINAL:
        text = "The tiers are the final ones, after hysteresis and overrides as far as they were given. 采用最终分层。"
    else:
        text = "The tiers are the model's own: no last year's tiers and no overrides were given. 采用模型分层。"
    if tiers["last_year"] is None:
        return text
    paid = tiers["last_year"] == FINAL
    said = "last year's tiers as they were paid" if paid else "the model's own tiers of last year"
    return f"{text} Last year's rates, from which the move is counted, rest on {said}."


def _list_files(tiers: Mapping[str, Any]) -> Block | None:
    rows: list[list[Cell]] = [
        [title, str(tiers[name]["file"]), {"text": str(tiers[name]["sha256"])[:SHOWN_DIGITS], "tone": "code"}]
        for name, title in FILES.items()
        if tiers[name]
    ]
    return make_table(["File 文件", "Name", "SHA-256"], rows, words=3) if rows else None


def _count_changes(changes: Mapping[str, Any]) -> Block:
    """Count what the files did; few members are not shown."""
    held = {f"Held 维持: {rule.replace('_', ' ')}": count for rule, count in changes["held"].items()}
    raised = {f"Raised 上调: {code}": count for code, count in changes["raised"].items()}
    rows: list[list[Cell]] = [[title, format_count(count)] for title, count in {**held, **raised}.items()]
    if changes["overrides"]:
        rows += [
            ["Overrides 人工上调", f"{changes['overrides']:,}"],
            ["of nobody among the members 非参保人", f"{changes['not_members']:,}"],
            ["expired 已失效", f"{changes['expired']:,}"],
            ["not yet valid 尚未生效", f"{changes['not_yet_valid']:,}"],
            ["no higher tier asked for 未高于模型分层", f"{changes['without_effect']:,}"],
        ]
    return make_table(["What the files did 作用", "Members or overrides"], rows)

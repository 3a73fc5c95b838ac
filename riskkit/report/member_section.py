"""The section on example members: their figures, the reasons in words, and the ledger of the rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from riskkit.report.blocks import Block, Cell, make_section, make_table
from riskkit.report.scheme_figures import draw_reasons
from riskkit.report.titles import outcome_title, sentence_case
from riskkit.report.wording import as_number, format_number, format_percent, format_plain

Summary = Mapping[str, Any]
HASH_LENGTH: Final = 12
CENT: Final = 0.01
DIRECTIONS: Final = {"raises": ("▲", "bad"), "lowers": ("▼", "good")}


def make_member_section(summary: Summary) -> Block | None:
    """Make the section on the example members.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section; None without an example.
    """
    examples = summary.get("examples") or []
    if not examples:
        return None
    lead = (
        "One member of each kind, named by a keyed hash only. Reasons say how the model came to its figure; they are "
        "not causes. Single members are shown: handle this page as confidential."
    )
    blocks = [_make_member(summary, example, at) for at, example in enumerate(examples, start=1)]
    return make_section("members", "Example members and their reasons", blocks, lead=lead)


def _make_member(summary: Summary, example: Mapping[str, Any], number: int) -> Block:
    reasons = example.get("reasons") or []
    amounts = [(str(item.get("group")), _signed(item)) for item in reasons if as_number(item.get("amount")) is not None]
    return {
        "kind": "member",
        "title": f"{sentence_case(str(example.get('label', 'example')))} risk",
        "person": str(example.get("person", ""))[:HASH_LENGTH],
        "facts": _list_facts(summary, example),
        "reasons": [_make_reason(item) for item in reasons],
        "svg": draw_reasons(amounts, f"reasons-{number}") if amounts else "",
        "ledger": _make_ledger(example, str(summary["scheme"].get("currency", ""))),
    }


def _list_facts(summary: Summary, example: Mapping[str, Any]) -> list[tuple[str, str]]:
    currency = str(summary["scheme"].get("currency", ""))
    tier, change = example.get("risk_tier"), example.get("tier_change")
    facts = [("Tier", f"{tier}: {change}" if change else tier), ("Package", example.get("package"))]
    shown = [(title, str(value)) for title, value in facts if value]
    for name, value in (example.get("predictions") or {}).items():
        binary = summary["outcomes"].get(name, {}).get("kind") == "binary"
        text = format_percent(value) if binary else f"{currency} {format_number(value, 2)}"
        shown.append((outcome_title(summary, name), text))
    if as_number(example.get("rate_amount")) is not None:
        shown.append(("Rate per member year", f"{currency} {format_number(example['rate_amount'], 2)}"))
    return shown


def _signed(reason: Mapping[str, Any]) -> float:
    size = abs(as_number(reason.get("amount")) or 0.0)
    return -size if reason.get("direction") == "lowers" else size


def _make_reason(reason: Mapping[str, Any]) -> dict[str, str]:
    mark, tone = DIRECTIONS.get(str(reason.get("direction")), ("•", "plain"))
    unit = str(reason.get("unit") or "")
    value = "not measured" if reason.get("value") is None else f"{format_plain(reason.get('value'))} {unit}".strip()
    return {
        "mark": mark,
        "tone": tone,
        "text": str(reason.get("text") or reason.get("group") or ""),
        "text_zh": str(reason.get("text_zh") or ""),
        "detail": f"{reason.get('feature', '')} = {value}",
    }


def _make_ledger(example: Mapping[str, Any], currency: str) -> Block | None:
    steps: Sequence[Mapping[str, Any]] = example.get("ledger") or []
    if not steps:
        return None
    rows: list[list[Cell]] = [
        [str(row.get("step")), sentence_case(str(row.get("item"))), format_number(row.get("amount"), 2)]
        for row in steps
    ]
    total = sum(as_number(row.get("amount")) or 0.0 for row in steps)
    rate = as_number(example.get("rate_amount"))
    ties = rate is not None and abs(total - rate) <= CENT / 2 + 1e-9
    note = "The steps sum to the rate." if ties else "The steps do not sum to the rate."
    rows.append(["", {"text": "Rate", "tone": "total"}, {"text": format_number(total, 2), "tone": "total"}])
    return make_table(["Step", "Item", currency], rows, caption="Ledger of the rate", note=note, words=2)

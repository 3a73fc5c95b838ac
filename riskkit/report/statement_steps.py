"""How each line of a statement comes about: which lines it adds up, or which basis it multiplies by which rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskkit.report.statement_wording import Language

PRODUCTS: Final = frozenset(
    {"band", "given_share", "cause", "loss_share", "part", "use", "released"}
    | {"bonus_base", "bonus_base_share", "bonus_step", "bonus_met", "bonus_missed", "bonus_met_heads"}
    | {"bonus_missed_heads", "bonus_fall", "bonus_event", "bonus_member", "bonus_grade"}
)
"""Items that are their basis times their rate."""

TAKEN_OFF: Final = frozenset({"sequestration", "withheld", "counted"})
SCALED: Final = frozenset({"quality_factor", "quality_gate"})
SUMS: Final = {"prepaid": ("prepaid_rated", "prepaid_joined"), "actual": ("paid", "counted", "completion", "ceded")}
"""Items that add up the lines of others, where there are any."""
STATED: Final = frozenset({"retained", "returned", "borne"})


@dataclass(frozen=True)
class Step:
    """What a line is.

    Parameters
    ----------
    lines : tuple of int
        Numbers of the lines that are added; below 0 they are taken off.
    product : int
        How often basis times rate is added: 1, 0, or -1 where it is taken off.
    less_basis : bool
        Whether the basis is taken off as well.
    """

    lines: tuple[int, ...] = ()
    product: int = 0
    less_basis: bool = False

    def say(self, language: Language) -> str:
        """Say it as a short equation.

        Parameters
        ----------
        language : {"en", "zh"}
            The language.

        Returns
        -------
        str
            Such as ``"= line 5 - line 6"``; blank where the line stands on its own.

        Examples
        --------
        >>> Step(lines=(5, -6)).say("en"), Step(product=1, less_basis=True).say("en")
        ('= line 5 - line 6', '= basis x rate - basis')
        """
        words = [] if not self.product else [(self.product, "basis x rate" if language == "en" else "基数×比例")]
        words += [(-1, "basis" if language == "en" else "基数")] if self.less_basis else []
        name = "line {}" if language == "en" else "第{}行"
        words += [(1 if line > 0 else -1, name.format(abs(line))) for line in self.lines]
        text = " ".join(f"{'+' if sign > 0 else '-'} {word}" for sign, word in words)
        return f"= {text.removeprefix('+ ')}" if text else ""


def find_steps(rows: Sequence[dict[str, Any]]) -> list[Step]:
    """Find how each line of one team's statement comes about.

    Parameters
    ----------
    rows : sequence of dict
        The team's lines, in order: `line`, `section`, `item`, `detail`, `amount_minor`.

    Returns
    -------
    list of Step
        One a line.
    """
    return [_find_step(row, rows) for row in rows]


def _find_step(row: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Step:
    item, section = str(row["item"]), str(row["section"])
    earlier = [int(other["line"]) for other in rows if other["section"] == section and _is_step_before(other, row)]
    if item in PRODUCTS | TAKEN_OFF or (item == "borne" and row["detail"] != "team"):
        return Step(product=-1 if item in TAKEN_OFF else 1)
    if item in SCALED:
        return Step(product=1, less_basis=True)
    if item == "cap":
        return Step(product=1, lines=tuple(-line for line in earlier))
    if item in SUMS:
        return Step(lines=_lines_of(rows, SUMS[item]))
    if item in {"retained", "borne"}:
        return Step(lines=tuple(earlier))
    return Step(lines=_find_lines(item, section, rows))


def _find_lines(item: str, section: str, rows: Sequence[dict[str, Any]]) -> tuple[int, ...]:
    """Find the lines of a difference, of what is returned or not released, and of the result."""
    if section == "account" and item in {"surplus", "overspend"}:
        return _lines_of(rows, ("prepaid", "actual"))
    if item == "returned":
        kept = _lines_of(rows, ("retained",))
        return (*_lines_of(rows, ("surplus",)), *(-line for line in kept))
    if item == "forfeited":
        return _lines_of(rows, ("withheld", "released"))
    return _result_lines(rows) if item == "net" else ()


def _result_lines(rows: Sequence[dict[str, Any]]) -> tuple[int, ...]:
    """Find what moves in cash, with its sign, and what is released and paid for results."""
    prepaid = next((row["detail"] == "prepaid" for row in rows if row["item"] == "net"), True)
    borne = [row for row in rows if row["item"] == "borne"]
    if prepaid:
        moved = [int(row["line"]) for row in borne if row["detail"] != "team"]
        moved += [-line for line in _lines_of(rows, ("returned",))]
    else:
        moved = list(_lines_of(rows, ("retained",)))
        moved += [-int(row["line"]) for row in borne if row["detail"] == "team"]
    paid = [row for row in rows if row["section"] == "bonus" and row["item"] != "bonus_member"]
    return (*moved, *_lines_of(rows, ("released",)), *(int(row["line"]) for row in paid))


def _is_step_before(other: dict[str, Any], row: dict[str, Any]) -> bool:
    return int(other["line"]) < int(row["line"]) and other["item"] not in STATED and bool(other["amount_minor"])


def _lines_of(rows: Sequence[dict[str, Any]], items: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(int(row["line"]) for item in items for row in rows if row["item"] == item)

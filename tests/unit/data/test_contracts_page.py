"""docs/contracts.md is what the declarations say; run this file to render it anew."""

from __future__ import annotations

from pathlib import Path

from riskkit.data.contract import Column, TableSchema
from riskkit.data.measures import MEASURES, Conversion, Measure
from riskkit.data.schemas import TABLES

DOCUMENT = Path(__file__).parents[3] / "docs" / "contracts.md"
FIRST = "## person"


def render() -> str:
    """Render the tables that follow the introduction."""
    return "\n".join([*map(_render_table, TABLES.values()), _render_measures()])


def _render_table(schema: TableSchema) -> str:
    lines = [f"## {schema.name}", "", f"One row is {schema.meaning}. Key: {_names(schema.key)}.", ""]
    lines += ["| column | type | required | holds |", "|---|---|---|---|", *map(_render_column, schema.columns), ""]
    for first, second in schema.order_rules:
        lines.append(f"- `{second}` is not before `{first}`.")
    for reference in schema.references:
        free = f", unless `{reference.free_column}` is {_names(reference.free_values)}" if reference.free_column else ""
        lines.append(f"- `{reference.column}` is a `{reference.key}` of `{reference.table}`{free}.")
    return "\n".join(lines) + "\n"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _render_column(column: Column) -> str:
    bounds = [f"at least {column.minimum:g}"] if column.minimum is not None else []
    bounds += [f"at most {column.maximum:g}"] if column.maximum is not None else []
    bounds += ["may lie ahead"] if column.may_lie_ahead else []
    holds = _names(column.allowed) or ", ".join(bounds)
    return f"| `{column.name}` | {column.kind} | {'yes' if column.required else ''} | {holds} |"


def _render_measures() -> str:
    head = [
        "## Analytes of lab_result",
        "",
        "| analyte | unit | lowest | highest | also accepted |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(_render_measure, MEASURES.values())]) + "\n"


def _render_measure(measure: Measure) -> str:
    others = "; ".join(f"{other.unit} {_formula(other)}" for other in measure.others)
    return f"| `{measure.analyte}` | {measure.unit} | {measure.minimum:g} | {measure.maximum:g} | {others} |"


def _formula(other: Conversion) -> str:
    scale = f"x {other.factor:.6g}" if other.factor >= 1 else f"/ {1 / other.factor:.6g}"
    return f"{scale} + {other.offset:g}" if other.offset else scale


def test_the_page_is_the_rendered_declarations() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    assert page[page.index(FIRST) :] == render(), "run: python tests/unit/data/test_contracts_page.py"


if __name__ == "__main__":
    written = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(written[: written.index(FIRST)] + render(), encoding="utf-8")

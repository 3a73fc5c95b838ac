"""The page on the quality of a source: rows in and out, every broken rule with examples, and what is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskkit.report.blocks import Block, Cell, make_figure, make_gallery, make_note, make_section, make_table
from riskkit.report.canvas import RED, open_canvas, set_label_size, to_svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Account = Mapping[str, Any]

BLUE = "#2f6690"


def make_quality_document(account: Account) -> dict[str, Any]:
    """Put the account of a source into the sections of a page.

    Parameters
    ----------
    account : mapping
        The content of ``quality.json``: `source`, `adapter`, `rows_in`, `rows_accepted`, `rows_quarantined`, `tables`,
        `warnings`, `months`, `codes`.

    Returns
    -------
    dict
        What `riskkit.report.render.render` sets in HTML.
    """
    sections = [
        _make_rules(account),
        _make_warnings(account),
        _make_months(account),
        _make_conversions(account),
        _make_codes(account),
        _make_adapter(account),
    ]
    adapter = account.get("adapter") or {}
    return {
        "kicker": "Data quality report",
        "footer": "Rows are named by their number in the file, counted from 1 below the header, never by their person.",
        "title": str(account["source"]),
        "facts": [("Layout", adapter.get("adapter", "native")), ("Rows in", f"{account['rows_in']:,}")],
        "verdict": _make_verdict(account),
        "key_figures": _make_counts(account),
        "sections": [section for section in sections if section],
    }


def _make_verdict(account: Account) -> dict[str, Any]:
    bad, odd = account["rows_quarantined"], len(account["warnings"])
    rules = sum(len(table["violations"]) for table in account["tables"])
    if bad:
        headline = f"{bad:,} of {account['rows_in']:,} rows break {_count(rules, 'rule')}."
    elif odd:
        headline = f"Every row keeps its contract; {_count(odd, 'finding')} should be looked at."
    else:
        headline = "Every row keeps its contract, and nothing stands out."
    sentences = [f"{account['rows_in']:,} rows in = {account['rows_accepted']:,} accepted + {bad:,} quarantined."]
    if bad and odd:
        sentences.append(f"Beside these, {_count(odd, 'finding')} should be looked at.")
    return {"tone": "bad" if bad else "warn" if odd else "good", "headline": headline, "sentences": sentences}


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _make_counts(account: Account) -> Block:
    columns = ("rows_in", "rows_accepted", "rows_quarantined")
    rows: list[list[Cell]] = [
        [table["table"], *({"text": f"{table[name]:,}", "tone": _tone(name, table[name])} for name in columns)]
        for table in account["tables"]
    ]
    rows.append(["All tables", *(f"{account[name]:,}" for name in columns)])
    return make_table(["Table", "Rows in", "Accepted", "Quarantined"], rows)


def _tone(name: str, rows: int) -> str:
    return "bad" if name == "rows_quarantined" and rows else ""


def _make_rules(account: Account) -> Block | None:
    rows: list[list[Cell]] = []
    for table in account["tables"]:
        for broken in table["violations"]:
            shown = "; ".join(f"{example['place']}: {example['found']}" for example in broken["examples"])
            rule = {"text": broken["rule"], "sub": table["table"]}
            rows.append([rule, broken["expected"], shown, f"{broken['rows']:,}"])
    if not rows:
        return None
    note = "A row that breaks several rules is counted under each and set aside once, in quarantine/<table>.parquet."
    table_block = make_table(["Rule", "Expected", "First examples", "Rows"], rows, note=note, words=3)
    return make_section("rules", "Broken rules", [table_block], lead="What each rule asks for, and what was found.")


def _make_warnings(account: Account) -> Block | None:
    rows: list[list[Cell]] = [
        [{"text": odd["check"], "sub": odd["table"]}, f"{odd['found']}; expected {odd['expected']}", odd["advice"]]
        for odd in account["warnings"]
    ]
    if not rows:
        return None
    table = make_table(["Finding", "What was found", "What to do"], rows, words=3)
    return make_section("warnings", "Plausible but odd", [table], lead="No rule is broken; the rows are accepted.")


def _make_months(account: Account) -> Block | None:
    thin = {(odd["table"], odd["check"].removeprefix("thin month ")) for odd in account["warnings"]}
    figures = [
        make_figure(
            draw_months(months, {month for table, month in thin if table == name}, f"months-{name}"),
            f"{name} by month",
            "Claims that begin in each month; a thin month is red.",
        )
        for name, months in account["months"].items()
        if months
    ]
    gallery = make_gallery(figures)
    return make_section("months", "Claims by month", [gallery]) if gallery else None


def draw_months(months: Sequence[Sequence[Any]], thin: set[str], name: str) -> str:
    """Draw the claims of each month.

    Parameters
    ----------
    months : sequence of (str, int)
        ``YYYY-MM`` and claims.
    thin : set of str
        Months that stand out.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    labels = [str(month) for month, _ in months]
    with open_canvas(width=5.2, height=2.4) as (figure, (ax,)):
        ax.bar(
            range(len(months)),
            [int(rows) for _, rows in months],
            0.8,
            color=[RED if m in thin else BLUE for m in labels],
        )
        shown = [place for place, label in enumerate(labels) if label.endswith("-01")] or [0]
        ax.set_xticks(shown, [labels[place][:4] for place in shown])
        ax.set_ylabel("Claims")
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        set_label_size(ax)
        return to_svg(figure, name)


def _make_conversions(account: Account) -> Block | None:
    rows: list[list[Cell]] = [
        [item["analyte"], item["unit"], item["into"], f"{item['rows']:,}"]
        for table in account["tables"]
        for item in table["conversions"]
    ]
    if not rows:
        return None
    table = make_table(["Analyte", "Came in", "Carried in", "Values"], rows, words=3)
    return make_section("units", "Units converted", [table], lead="Each analyte is carried in one unit.")


def _make_codes(account: Account) -> Block | None:
    rows: list[list[Cell]] = [
        [
            item["vocabulary"],
            f"{item['rows']:,}",
            f"{item['unmapped_share']:.1%}",
            f"{item['malformed_share']:.2%}",
            ", ".join(item["examples"]),
        ]
        for item in account["codes"]
    ]
    if not rows:
        return None
    titles = ["Vocabulary", "Diagnoses", "In no code list", "No valid code", "Most frequent in no list"]
    return make_section("codes", "Diagnosis codes", [make_table(titles, rows)])


def _make_adapter(account: Account) -> Block | None:
    adapter = account.get("adapter")
    if not adapter:
        return None
    unmapped: list[list[Cell]] = [
        [str(item["what"]), str(item["reason"]), f"{item['count']:,}"] for item in adapter["unmapped"]
    ]
    titles = ["What", "Why", "Values or rows"]
    blocks = [
        make_table(titles, unmapped, caption="Not mapped, or not as it came", words=2) if unmapped else None,
        *(make_note(note) for note in adapter["notes"]),
    ]
    lead = "What the source has and the canonical tables do not, and the choices that were made."
    return make_section("adapter", "From the source to the canonical tables", blocks, lead=lead)

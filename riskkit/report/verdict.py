"""The verdict: the first words on the page, in plain English, bad news first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from riskkit.report.rivals import describe_lost, describe_won, sort_rivals
from riskkit.report.titles import gate_title, join_words, outcome_title
from riskkit.report.wording import (
    as_estimate,
    format_count,
    format_limit,
    format_minor,
    format_number,
    format_plain,
)

Summary = Mapping[str, Any]
Rivals = tuple[Mapping[str, Any], list[str]]
UNMET: Final = ("fail", "inconclusive")
INPUT_TONES: Final = {"watch": "warn", "act": "warn"}
DRIFT_TONES: Final = {"stable": "good", "recalibrate": "warn", "refuse": "bad"}


def make_verdict(summary: Summary) -> dict[str, Any]:
    """Say whether the retraining stands: weak boosters, failed gates and drift before anything good.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict
        `tone` ("good", "warn" or "bad"), `headline` and `sentences` (list of str).

    Examples
    --------
    >>> gate = {"name": "oe_ratio", "figure": 1.0, "limit": [0.97, 1.03], "verdict": "pass", "outcome": None}
    >>> make_verdict({"scheme": {"title": "Toy"}, "outcomes": {}, "gates": [gate]})["headline"]
    'The one gate passes.'
    """
    weak, strong = _compare_models(summary)
    drift = list(_describe_drift(summary))
    headline = _weak_headline(weak), _gate_headline(summary), _strong_headline(weak, strong), _drift_headline(summary)
    tones = (
        [tone for tone, _ in drift] + ["bad"] * bool(gates_with(summary, "fail")) + ["warn"] * _is_open(summary, weak)
    )
    return {
        "tone": next((tone for tone in ("bad", "warn") if tone in tones), "good"),
        "headline": " ".join(text for text in headline if text),
        "sentences": [
            *(describe_lost(*item) for item in weak),
            _describe_data(summary),
            _describe_gates(summary),
            *(describe_won(*item) for item in strong),
            *(text for _, text in drift),
            *(str(pair["sentence"]) for pair in summary.get("policy_price") or []),
            *_describe_budget(summary),
        ],
    }


def gates_with(summary: Summary, verdict: str) -> list[Mapping[str, Any]]:
    """Return the gates with a verdict.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.
    verdict : {"pass", "fail", "inconclusive"}
        The verdict; inconclusive is a figure outside its limits whose interval reaches them.

    Returns
    -------
    list of mapping
        Gates.
    """
    return [gate for gate in summary.get("gates") or [] if gate.get("verdict") == verdict]


def _compare_models(summary: Summary) -> tuple[list[Rivals], list[Rivals]]:
    """Return (outcome, names of comparators) for those not beaten and those beaten."""
    weak, strong = [], []
    for outcome in summary.get("outcomes", {}).values():
        won, lost = sort_rivals(outcome)
        weak += [(outcome, lost)] if lost else []
        strong += [(outcome, won)] if won else []
    return weak, strong


def _is_open(summary: Summary, weak: list[Rivals]) -> bool:
    return bool(weak or not summary.get("gates") or gates_with(summary, "inconclusive"))


def _weak_headline(weak: list[Rivals]) -> str:
    if not weak:
        return ""
    titles = join_words([_quote(outcome) for outcome, _ in weak])
    return f"The booster does not beat every comparator outside its interval for {titles}."


def _strong_headline(weak: list[Rivals], strong: list[Rivals]) -> str:
    return "The booster beats every comparator." if strong and not weak else ""


def _gate_headline(summary: Summary) -> str:
    total, failed, open_ = len(summary.get("gates") or []), *(len(gates_with(summary, word)) for word in UNMET)
    if total == 0:
        return "No acceptance gate was set."
    if not failed and not open_:
        return {1: "The one gate passes.", 2: "Both gates pass."}.get(total, f"All {total} gates pass.")
    counts = [f"{failed} {'fail' if failed > 1 else 'fails'}"] if failed else []
    counts += [f"{open_} {'are' if open_ > 1 else 'is'} inconclusive"] if open_ else []
    return f"Of {total} gate{'s' * (total > 1)} {join_words(counts)}."


def _drift_headline(summary: Summary) -> str:
    drift = summary.get("drift") or {}
    verdicts = [entry.get("verdict") for entry in (drift.get("outcomes") or {}).values()]
    if "refuse" in verdicts:
        return f"Drift at {drift.get('index_date')}: the model is refused there."
    if "recalibrate" in verdicts:
        return f"Drift at {drift.get('index_date')}: not to be used there without recalibration."
    return ""


def _describe_data(summary: Summary) -> str:
    scheme, data = summary["scheme"], summary.get("data") or {}
    adapter = data.get("adapter") or {}
    source = f", read through the adapter “{adapter['adapter']}”" if adapter.get("adapter") else ""
    rows = ""
    if data.get("rows_in") is not None:
        rows = (
            f" Of {format_plain(total_rows(data['rows_in']))} records "
            f"{format_plain(total_rows(data.get('accepted')))} were accepted and "
            f"{format_plain(total_rows(data.get('quarantined')))} set aside."
        )
    return f"This page is about the scheme “{scheme['title']}”{source}.{rows}{_describe_members(summary)}"


def _describe_members(summary: Summary) -> str:
    outcomes = list(summary.get("outcomes", {}).values())
    if not outcomes:
        return ""
    sizes = [
        join_words(sorted({format_count(outcome.get(key)) for outcome in outcomes}))
        for key in ("train_members", "calibration_members", "test_members")
    ]
    by_persons = (summary["scheme"].get("split") or {}).get("method") == "persons"
    learned = f" The models learned from {sizes[0]} member records (one for each member and index date), "
    if by_persons:
        return (
            f"{learned}in folds of whole persons: the figures are of the {sizes[2]} tested records, each predicted by "
            "models that had not seen its member, which also calibrate the models that are kept."
        )
    return f"{learned}were calibrated on {sizes[1]} and tested on {sizes[2]}."


def total_rows(rows: object) -> object:
    """Return a number of rows given as a number or by table.

    Parameters
    ----------
    rows : object
        A number, a mapping of table to number, or None.

    Returns
    -------
    object
        The number, or what was given.

    Examples
    --------
    >>> total_rows({"person": 2, "diagnosis": 3})
    5
    """
    return sum(rows.values()) if isinstance(rows, Mapping) else rows


def _describe_gates(summary: Summary) -> str:
    if not summary.get("gates"):
        return "The figures below were held against no acceptance limit."
    failed, open_ = ("; ".join(_failure(summary, gate) for gate in gates_with(summary, verdict)) for verdict in UNMET)
    sentences = [f"Outside the limit: {failed}."] if failed else []
    sentences += [f"Outside the limit, but within the reach of chance: {open_}."] if open_ else []
    return " ".join(sentences) or "Every figure lies within its acceptance limit."


def _failure(summary: Summary, gate: Mapping[str, Any]) -> str:
    where = f" of {_quote_text(outcome_title(summary, gate['outcome']))}" if gate.get("outcome") else ""
    figure, limit = format_plain(gate.get("figure")), format_limit(gate.get("limit"))
    return f"{gate_title(gate)}{where} is {figure} (limit {limit})"


def _describe_drift(summary: Summary) -> Iterator[tuple[str, str]]:
    drift = summary.get("drift") or {}
    for name, entry in (drift.get("outcomes") or {}).items():
        verdict = str(entry.get("verdict"))
        title = _quote_text(outcome_title(summary, name))
        inputs = entry.get("inputs") or {}
        if inputs.get("verdict") in INPUT_TONES:
            yield (
                INPUT_TONES[inputs["verdict"]],
                f"Before any outcome of {drift.get('index_date')} is known, the inputs of {title} say "
                f"“{inputs['verdict']}”: {inputs.get('reason')}",
            )
        before = as_estimate((entry.get("before") or {}).get("oe_ratio"))["value"]
        after = as_estimate((entry.get("after") or {}).get("oe_ratio"))["value"]
        text = (
            f"Applied unchanged at {drift.get('index_date')}, {title} has observed / expected {format_number(before)}"
        )
        if after is not None:
            text += f", and {format_number(after)} after recalibration"
        yield DRIFT_TONES.get(verdict, "warn"), f"{text} (verdict: {verdict})."


def _describe_budget(summary: Summary) -> Iterator[str]:
    rates = summary.get("rates")
    if not rates:
        return
    certificate = rates.get("certificate") or {}
    unit = certificate.get("minor_units_per_currency_unit", 100)
    currency = str(certificate.get("currency") or summary["scheme"].get("currency", ""))
    budget, allocated = rates.get("budget_minor"), rates.get("allocated_minor")
    text = f"The rates allocate {format_minor(allocated, unit, currency)}"
    if budget == allocated:
        yield f"{text}, the budget to the last cent."
    else:
        yield f"{text} against a budget of {format_minor(budget, unit, currency)}: the two differ."


def _quote(outcome: Mapping[str, Any]) -> str:
    return _quote_text(str(outcome["title"]))


def _quote_text(text: str) -> str:
    return f"“{text}”"

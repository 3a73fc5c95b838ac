"""Logical sources: each canonical table seen as events with two clocks, ready for the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.features.analytes import LIFESTYLE, OTHER_ANALYTES

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class EventSource:
    """A relation of events: `person_id`, `event_date`, `available_date`, `event_count`, dimensions and values.

    Parameters
    ----------
    name : str
        Name that features use.
    table : str
        Canonical table that it reads; where a source has no such table its features are missing, not zero.
    query : sqlglot.expressions.Select
        The relation.
    """

    name: str
    table: str
    query: exp.Select


def _events(table: str, event: str, *columns: exp.Expr | str, available: str = "available_date") -> exp.Select:
    clocks = [
        exp.column("person_id"),
        _as(exp.column(event), "event_date"),
        _as(exp.column(available), "available_date"),
    ]
    return exp.select(*clocks, *columns).from_(table)


def _as(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name)


def _one() -> exp.Expr:
    return _as(exp.convert(1), "event_count")


def _sign() -> exp.Expr:
    """Count a visit once: a reversal takes its original back, a summary is money without an event."""
    signs = {"original": 1, "replacement": 1, "reversal": -1}
    steps = [exp.If(this=exp.column("adjustment").eq(name), true=exp.convert(sign)) for name, sign in signs.items()]
    return exp.Case(ifs=steps, default=exp.convert(0))


def _days(start: str, end: str) -> exp.Expr:
    return exp.DateDiff(this=exp.column(end), expression=exp.column(start), unit=exp.var("day"))


def _atc(length: int) -> exp.Expr:
    return _as(exp.func("SUBSTRING", exp.column("atc_code"), exp.convert(1), exp.convert(length)), f"atc{length}")


def _times(value: exp.Expr, when: exp.Expr, name: str) -> exp.Expr:
    """Keep a value where a condition holds, else 0."""
    return _as(exp.Case(ifs=[exp.If(this=when, true=value)], default=exp.convert(0)), name)


def _stays() -> exp.Select:
    """Stays by the day they ended, so that a one-day window before the index date holds the index stay alone."""
    facts = ["admission_type", "admission_source", "discharge_status", "specialty"]
    days = _as(_days("start_date", "end_date"), "stay_days")
    events = exp.In(this=exp.column("adjustment"), expressions=[exp.convert("original"), exp.convert("replacement")])
    query = _events("medical_claim", "end_date", *facts, days, _one())
    return query.where(exp.column("setting").eq("inpatient"), events)


def _labs_of(analytes: Iterable[str]) -> exp.Select:
    """Return some analytes alone: what few sources carry costs nothing where it is absent."""
    wanted = exp.In(this=exp.column("analyte"), expressions=[exp.convert(name) for name in analytes])
    return _events("lab_result", "date", "record_id", "analyte", "value", _one()).where(wanted)


def _diagnoses(*lists: str) -> exp.Select:
    """Diagnoses joined to every group of some lists that their code belongs to; the many-to-many map is kept."""
    columns = [exp.column(name, "d") for name in ("person_id", "source", "record_id")]
    clocks = [_as(exp.column("date", "d"), "event_date"), exp.column("available_date", "d")]
    groups = [exp.column(name, "g") for name in ("code_group", "points")]
    first = _as(exp.column("position", "d").eq(1), "is_principal")
    same = exp.and_(
        exp.column("code", "d").eq(exp.column("code", "g")),
        exp.column("vocabulary", "d").eq(exp.column("vocabulary", "g")),
    )
    query = exp.select(*columns, *clocks, *groups, first, _one()).from_("diagnosis AS d")
    # A code is in groups of many lists: only those that the source is about are folded.
    starts = [
        exp.func("SUBSTRING", exp.column("code_group", "g"), exp.convert(1), exp.convert(len(name) + 1)).eq(f"{name}:")
        for name in lists
    ]
    return query.join("code_group AS g", on=exp.and_(same, exp.or_(*starts)))


SOURCES: dict[str, EventSource] = {
    source.name: source
    for source in (
        EventSource(
            "claims",
            "medical_claim",
            _events(
                "medical_claim",
                "start_date",
                "setting",
                "allowed_amount",
                "paid_amount",
                "member_amount",
                _as(_days("start_date", "end_date") * _sign(), "stay_days"),
                "facility_id",
                _times(_sign(), exp.column("facility_level").eq(3), "tertiary_count"),
                _times(exp.column("allowed_amount"), exp.column("facility_level").eq(3), "tertiary_amount"),
                _as(_sign(), "event_count"),
            ),
        ),
        EventSource("stays", "medical_claim", _stays()),
        EventSource("diagnoses", "diagnosis", _diagnoses("conditions", "complications", "dcsi")),
        EventSource("diagnosis_history", "diagnosis", _diagnoses("complications", "dcsi")),
        EventSource("comorbidities", "diagnosis", _diagnoses("charlson", "elixhauser")),
        EventSource("diagnosis_codes", "diagnosis", _events("diagnosis", "date", "code", _one())),
        EventSource(
            "drugs",
            "pharmacy_claim",
            _events(
                "pharmacy_claim",
                "fill_date",
                _atc(3),
                _atc(4),
                _atc(5),
                "atc_code",
                "days_supply",
                *[_times(exp.convert(1), exp.column("days_supply") >= exp.convert(d), f"long_{d}") for d in (28, 84)],
                "allowed_amount",
                _one(),
            ),
        ),
        EventSource("labs", "lab_result", _events("lab_result", "date", "record_id", "analyte", "value", _one())),
        EventSource("other_labs", "lab_result", _labs_of(OTHER_ANALYTES)),
        EventSource("lifestyle", "lab_result", _labs_of(LIFESTYLE)),
        EventSource("care", "care_event", _events("care_event", "date", "kind", _one())),
        EventSource(
            "enrolment", "enrollment", _events("enrollment", "start_date", "team_id", _one(), available="start_date")
        ),
    )
}
"""Logical sources by name."""

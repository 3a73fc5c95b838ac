"""Episodes: inpatient stays merged to admissions, so that a stay that was split, or handed on, is counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.engine import fetch_rows, open_engine, open_tables
from riskkit.data.spans import number_spans

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

GAP_DAYS = 1
"""A stay that begins on the day of discharge or the day after continues the one before (METHODS section 1)."""
TRANSFER_DAYS = 3
"""A stay that either side calls a transfer may begin so many days after the discharge: over a weekend, papers lag."""

SAME_CLAIM = ("person_id", "setting", "start_date")
"""A correction keeps the person, the setting and the first day of what it corrects; the day of discharge may move."""
STATED = ("admission_type", "admission_source", "discharge_status", "drg_code")


def read_episodes(tables: Mapping[str, Path | pd.DataFrame]) -> pd.DataFrame:
    """Merge the inpatient stays of every person to admissions.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `medical_claim` is read.

    Returns
    -------
    pandas.DataFrame of shape (n_episodes, 9)
        `person_id`, `episode` (1, 2, ... of each person), `start_date`, `end_date`, `stays`, `claim_id` and
        `discharge_status` of the last stay, `admission_type` and `admission_source` of the first; sorted by key.

    Notes
    -----
    Stays that overlap, or of which one begins at most `GAP_DAYS` after the other's discharge, are one; so are stays
    at most `TRANSFER_DAYS` apart where the earlier was discharged as a transfer, or the later came in as one. A stay
    that a reversal took back is none, and a replacement stands for its original.

    References
    ----------
    .. [1] METHODS section 1: merge overlapping or contiguous stays to one episode before counting, against the split
       of a stay.
    """
    with open_engine() as engine:
        open_tables(engine, tables)
        query = select_episodes().order_by("person_id", "episode")
        found = engine.execute(query.sql("duckdb")).df()
    texts = ["person_id", "claim_id", "discharge_status", "admission_type", "admission_source"]
    dates = dict.fromkeys(("start_date", "end_date"), "datetime64[us]")
    return found.astype({**dict.fromkeys(texts, "str"), **dates, "episode": "int64", "stays": "int64"})


def select_episodes() -> exp.Select:
    """Build the query of the admissions.

    Returns
    -------
    sqlglot.expressions.Select
        The columns of :func:`read_episodes`.
    """
    first, last = exp.Min(this=exp.column("start_date")), exp.Max(this=exp.column("end_date"))
    at_start = [_stated("admission_type", "turn"), _stated("admission_source", "turn")]
    at_end = [_stated("claim_id", "back"), _stated("discharge_status", "back")]
    counted = exp.alias_(exp.Count(this=exp.Star()), "stays")
    columns = [exp.alias_(first, "start_date"), exp.alias_(last, "end_date"), counted, *at_end, *at_start]
    query = exp.select("person_id", "episode", *columns).from_(select_stays().subquery("stays"))
    return query.group_by("person_id", "episode")


def select_stays() -> exp.Select:
    """Build the query of the standing stays, each with the number of its admission.

    Returns
    -------
    sqlglot.expressions.Select
        `person_id`, `episode`, `claim_id`, `start_date`, `end_date`, `turn` (1 for the first stay of the admission),
        `back` (1 for the one that ends last) and what the claim states.
    """
    spans = exp.select(
        "person_id",
        "claim_id",
        *STATED,
        exp.alias_(exp.column("start_date"), "from_day"),
        exp.alias_(exp.column("end_date"), "to_day"),
        exp.alias_(_allowed_gap(), "gap"),
    ).from_(_select_standing_stays().subquery("standing"))
    numbered = number_spans(spans, by=("person_id",), gap_days="gap", keep=("claim_id", *STATED))
    renamed = {"island": "episode", "from_day": "start_date", "to_day": "end_date"}
    columns = [exp.alias_(exp.column(old), new) for old, new in renamed.items()]
    places = [
        exp.alias_(_place_in_episode(("from_day", "to_day", "claim_id"), last=False), "turn"),
        exp.alias_(_place_in_episode(("to_day", "from_day", "claim_id"), last=True), "back"),
    ]
    query = exp.select("person_id", "claim_id", *STATED, *columns, *places)
    return query.from_(numbered.subquery("numbered"))


def select_fallen() -> exp.Select:
    """Build the query of the claims that are no event: taken back, replaced, or money alone.

    Returns
    -------
    sqlglot.expressions.Select
        `claim_id`.
    """
    is_event = exp.column("adjustment").isin("original", "replacement")
    keys = [exp.column(name) for name in SAME_CLAIM]
    corrected = exp.select(*keys).distinct().from_("medical_claim").where(exp.column("adjustment").eq("reversal"))
    touched = exp.and_(*(exp.column(name, "m").eq(exp.column(name, "r")) for name in SAME_CLAIM))
    among = exp.select("m.*").from_("medical_claim AS m").join(corrected.subquery("r"), on=touched)
    replaced = exp.select("claim_id").from_(among.subquery("among")).qualify(exp.and_(is_event, exp.not_(_stands())))
    money = exp.select("claim_id").from_("medical_claim").where(exp.not_(is_event.copy()))
    return exp.select("claim_id").from_(exp.union(money, replaced, distinct=False).subquery("fallen"))


def find_fallen(tables: Mapping[str, Path | pd.DataFrame]) -> frozenset[str]:
    """Find the claims that are no event: taken back, replaced, or money alone.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `medical_claim` is read.

    Returns
    -------
    frozenset of str
        Their `claim_id`.

    Examples
    --------
    The first stay was taken back; the second was corrected, so its replacement stands.

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2023-01-01"] * 2 + ["2023-05-01"] * 3)
    >>> claims = pd.DataFrame({"claim_id": list("ABCDE"), "person_id": "P", "setting": "inpatient"})
    >>> claims = claims.assign(start_date=days, end_date=days, available_date=days)
    >>> claims["adjustment"] = ["original", "reversal", "original", "reversal", "replacement"]
    >>> sorted(find_fallen({"medical_claim": claims}))
    ['A', 'B', 'C', 'D']
    """
    with open_engine() as engine:
        open_tables(engine, tables)
        return frozenset(claim for (claim,) in fetch_rows(engine, select_fallen()))


def _select_standing_stays() -> exp.Select:
    """Select the inpatient claims that no reversal took back, a replacement in the place of its original."""
    is_event = exp.column("adjustment").isin("original", "replacement")
    query = exp.select("*").from_("medical_claim").where(exp.column("setting").eq("inpatient"))
    return query.qualify(exp.and_(is_event, _stands()))


def _stands() -> exp.Expr:
    """Say whether an event is among those that its corrections leave: as many as the signs sum to, the latest first."""
    same = [exp.column(name) for name in SAME_CLAIM]
    net = exp.Window(this=exp.Sum(this=_sign()), partition_by=same)
    is_replacement = exp.cast(exp.column("adjustment").eq("replacement"), "INT")
    order = [
        exp.Ordered(this=value, desc=True, nulls_first=False)
        for value in (_sign(), is_replacement, exp.column("claim_id"))
    ]
    place = exp.Window(
        this=exp.RowNumber(), partition_by=[name.copy() for name in same], order=exp.Order(expressions=order)
    )
    return exp.LTE(this=place, expression=net)


def _sign() -> exp.Expr:
    """Count a claim once: a reversal takes its original back, a summary is money without an event."""
    kind = exp.column("adjustment")
    steps = [
        exp.If(this=kind.isin("original", "replacement"), true=exp.convert(1)),
        exp.If(this=kind.copy().eq("reversal"), true=exp.convert(-1)),
    ]
    return exp.Case(ifs=steps, default=exp.convert(0))


def _allowed_gap() -> exp.Expr:
    """Days that may lie between a stay and the one before it for both to be one admission."""
    order = [exp.Ordered(this=exp.column(name)) for name in ("start_date", "end_date", "claim_id")]
    before = exp.Window(
        this=exp.Lag(this=exp.column("discharge_status")),
        partition_by=[exp.column("person_id")],
        order=exp.Order(expressions=order),
    )
    sent = exp.func("COALESCE", exp.EQ(this=before, expression=exp.convert("transfer")), exp.false())
    came = exp.func("COALESCE", exp.column("admission_source").eq("transfer"), exp.false())
    handed_on = exp.If(this=exp.or_(sent, came), true=exp.convert(TRANSFER_DAYS))
    return exp.Case(ifs=[handed_on], default=exp.convert(GAP_DAYS))


def _place_in_episode(by: tuple[str, ...], *, last: bool) -> exp.Expr:
    """Build the number of a stay within its admission, from the first or from the last."""
    order = [exp.Ordered(this=exp.column(name), desc=last, nulls_first=False) for name in by]
    return exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column("person_id"), exp.column("island")],
        order=exp.Order(expressions=order),
    )


def _stated(column: str, place: str) -> exp.Expr:
    """Return what the stay with the lowest place states, missing where that stay states nothing."""
    # As a struct, a missing value is a value of its own: the bare aggregate would pass over it to another stay.
    held = exp.Struct(expressions=[exp.PropertyEQ(this=exp.to_identifier("value"), expression=exp.column(column))])
    chosen = exp.Anonymous(this="ARG_MIN", expressions=[held, exp.column(place)])
    return exp.alias_(exp.Dot(this=exp.Paren(this=chosen), expression=exp.to_identifier("value")), column)

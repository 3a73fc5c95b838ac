"""The window: the only place that says which records a member's index date may see, on both clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Sequence

INDEX_DATE = "index_date"
AS_OF_DATE = "as_of_date"
EVENT_DATE = "event_date"
AVAILABLE_DATE = "available_date"


def age_days(*, spine: str = "s", event: str = "e") -> exp.Expr:
    """Return the days from an event to the index date: 1 is the day before, 0 or less may not be seen.

    Parameters
    ----------
    spine, event : str
        Names of the relations with the index dates and with the events.

    Returns
    -------
    sqlglot.expressions.Expr
        An integer expression.
    """
    return exp.DateDiff(
        this=exp.column(INDEX_DATE, spine), expression=exp.column(EVENT_DATE, event), unit=exp.var("day")
    )


def visible(lookback_days: int | None, *, spine: str = "s", event: str = "e") -> exp.Expr:
    """Return the condition under which an event may be used at an index date.

    Parameters
    ----------
    lookback_days : int or None
        Length of the window ``[index_date - lookback_days, index_date)``; None for all of the past.
    spine, event : str
        Names of the relations with the index dates and with the events.

    Returns
    -------
    sqlglot.expressions.Expr
        ``event_date < index_date`` and ``available_date <= as_of_date``, and the look-back.

    Examples
    --------
    >>> visible(90).sql("duckdb")[:62]
    'e.event_date < s.index_date AND e.available_date <= s.as_of_da'
    """
    conditions = [
        exp.column(EVENT_DATE, event) < exp.column(INDEX_DATE, spine),
        exp.column(AVAILABLE_DATE, event) <= exp.column(AS_OF_DATE, spine),
    ]
    if lookback_days is not None:
        conditions.append(age_days(spine=spine, event=event) <= exp.convert(lookback_days))
    return exp.and_(*conditions)


def bucket(windows: Sequence[int | None], age: exp.Expr) -> exp.Expr:
    """Return the number of the narrowest window that holds an event, so that windows can be rolled up from buckets.

    Parameters
    ----------
    windows : sequence of int or None
        Window lengths in days, narrowest first; None, all of the past, comes last.
    age : sqlglot.expressions.Expr
        Days from the event to the index date.

    Returns
    -------
    sqlglot.expressions.Expr
        0 for the narrowest window, 1 for what the next one adds, and so on.
    """
    steps = [
        exp.If(this=age.copy() <= exp.convert(days), true=exp.convert(number))
        for number, days in enumerate(windows)
        if days is not None
    ]
    last = exp.convert(len(windows) - 1)
    return exp.Case(ifs=steps, default=last) if steps else last

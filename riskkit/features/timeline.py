"""The timeline: a member's visible events by their day relative to the index date, and the days that spans share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.features.window import INDEX_DATE, visible

if TYPE_CHECKING:
    from collections.abc import Sequence


def clocks(event: str, available: str = "available_date") -> list[exp.Expr]:
    """Return the columns that every event has: the person, the day it happened and the day it could be known.

    Parameters
    ----------
    event, available : str
        Date columns of the table.

    Returns
    -------
    list of sqlglot.expressions.Expr
        `person_id`, `event_date`, `available_date`.
    """
    dates = {"event_date": event, "available_date": available}
    return [exp.column("person_id"), *(exp.alias_(exp.column(column), name) for name, column in dates.items())]


def least(first: exp.Expr, second: exp.Expr) -> exp.Expr:
    """Return the lesser of two numbers that are both known.

    Parameters
    ----------
    first, second : sqlglot.expressions.Expr
        Numbers.

    Returns
    -------
    sqlglot.expressions.Expr
        The lesser.
    """
    return exp.Least(this=first.copy(), expressions=[second.copy()], ignore_nulls=True)


def greatest(first: exp.Expr, second: exp.Expr) -> exp.Expr:
    """Return the greater of two numbers that are both known.

    Parameters
    ----------
    first, second : sqlglot.expressions.Expr
        Numbers.

    Returns
    -------
    sqlglot.expressions.Expr
        The greater.
    """
    return exp.Greatest(this=first.copy(), expressions=[second.copy()], ignore_nulls=True)


def seen(events: exp.Select, columns: Sequence[exp.Expr], lookback_days: int | None = None) -> exp.Select:
    """Join events to the index dates that may see them: through the window, on both clocks, and nothing else.

    Parameters
    ----------
    events : sqlglot.expressions.Select
        Relation with `person_id`, `event_date`, `available_date` and further columns.
    columns : sequence of sqlglot.expressions.Expr
        What to select besides `row_id`; the events are ``e``, the index dates ``s``.
    lookback_days : int, optional
        Length of the window; all of the past where not given.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and the columns, one row per index date and visible event.
    """
    relation = exp.alias_(exp.Subquery(this=events.copy()), "e", table=True)
    same_person = exp.column("person_id", "e").eq(exp.column("person_id", "s"))
    query = exp.select(exp.column("row_id", "s"), *columns).from_("spine AS s").join(relation, on=same_person)
    return query.where(visible(lookback_days))


def place(column: str, name: str) -> exp.Expr:
    """Return the day of a date on the timeline: 0 is the index date, -1 the day before.

    Parameters
    ----------
    column : str
        Date column of the events.
    name : str
        What the day is called.

    Returns
    -------
    sqlglot.expressions.Expr
        An integer expression with that name.

    Examples
    --------
    >>> place("fill_date", "day").sql()
    'DATEDIFF(e.fill_date, s.index_date, DAY) AS day'
    """
    days = exp.DateDiff(this=exp.column(column, "e"), expression=exp.column(INDEX_DATE, "s"), unit=exp.var("day"))
    return exp.alias_(days, name)


def shared_days(first: tuple[exp.Expr, exp.Expr], second: tuple[exp.Expr, exp.Expr]) -> exp.Expr:
    """Count the days that two half-open spans share.

    Parameters
    ----------
    first, second : tuple of two sqlglot.expressions.Expr
        First day, and the day after the last.

    Returns
    -------
    sqlglot.expressions.Expr
        Days, 0 where they share none.

    Examples
    --------
    >>> days = [exp.convert(day) for day in (-10, -4, -7, 0)]
    >>> shared_days((days[0], days[1]), (days[2], days[3])).sql()
    'GREATEST(0, LEAST(-4, 0) - GREATEST(-10, -7))'
    """
    return greatest(exp.convert(0), least(first[1], second[1]) - greatest(first[0], second[0]))


def span(relation: str | None = None) -> tuple[exp.Expr, exp.Expr]:
    """Return the columns of a span of the timeline.

    Parameters
    ----------
    relation : str, optional
        Name of the relation that holds it.

    Returns
    -------
    tuple of two sqlglot.expressions.Expr
        `from_day`, `to_day`.
    """
    return exp.column("from_day", relation), exp.column("to_day", relation)


def past(days: int) -> tuple[exp.Expr, exp.Expr]:
    """Return the span of a window: `days` days up to the day before the index date.

    Parameters
    ----------
    days : int
        Length of the window.

    Returns
    -------
    tuple of two sqlglot.expressions.Expr
        First day, and the index date.
    """
    return exp.convert(-days), exp.convert(0)


def number(value: exp.Expr, name: str) -> exp.Expr:
    """Return a named value as a floating number, which every feature is.

    Parameters
    ----------
    value : sqlglot.expressions.Expr
        A number.
    name : str
        Name of the feature.

    Returns
    -------
    sqlglot.expressions.Expr
        The value, cast and named.
    """
    return exp.alias_(exp.cast(value, "DOUBLE"), name)


def only(aggregate: exp.Expr, *conditions: exp.Expr) -> exp.Expr:
    """Restrict an aggregate to the rows that meet all conditions.

    Parameters
    ----------
    aggregate : sqlglot.expressions.Expr
        An aggregate.
    *conditions : sqlglot.expressions.Expr
        At least one condition.

    Returns
    -------
    sqlglot.expressions.Expr
        The filtered aggregate.
    """
    return exp.Filter(this=aggregate, expression=exp.Where(this=exp.and_(*conditions)))


def ratio(part: exp.Expr, whole: exp.Expr) -> exp.Expr:
    """Divide as floating numbers; missing where the whole is 0.

    Parameters
    ----------
    part, whole : sqlglot.expressions.Expr
        Numbers.

    Returns
    -------
    sqlglot.expressions.Expr
        The quotient.
    """
    below = exp.func("NULLIF", exp.cast(whole, "DOUBLE"), exp.convert(0))
    return exp.cast(part, "DOUBLE") / below

"""How figures are written: counts, money, shares and estimates with their intervals, in one house style."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

SMALLEST_CELL: Final = 11
MISSING: Final = "–"
SMALL: Final = frozenset({"brier_score", "log_loss", "ici", "e50", "e90", "emax"})
"""Metrics whose third decimal still tells models apart."""


def as_number(value: object) -> float | None:
    """Return a finite float, or None for anything that is not a finite number.

    Parameters
    ----------
    value : object
        A number, text, None or NaN.

    Returns
    -------
    float or None
        The number.

    Examples
    --------
    >>> as_number(3), as_number(float("nan")), as_number("pass")
    (3.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def as_estimate(value: object) -> dict[str, float | None]:
    """Return `value`, `low` and `high` of an estimate given as a mapping or as a bare number.

    Parameters
    ----------
    value : object
        ``{"value", "low", "high"}``, a number, or None.

    Returns
    -------
    dict
        Three entries, None where unknown.

    Examples
    --------
    >>> as_estimate(0.5)
    {'value': 0.5, 'low': None, 'high': None}
    """
    given = value if isinstance(value, Mapping) else {"value": value}
    return {key: as_number(given.get(key)) for key in ("value", "low", "high")}


def format_number(value: object, digits: int = 3) -> str:
    """Write a number with a fixed number of decimals and thousands separators.

    Parameters
    ----------
    value : object
        A number; anything else is written as a dash.
    digits : int, default 3
        Decimals.

    Returns
    -------
    str
        Text with a true minus sign.

    Examples
    --------
    >>> format_number(-1234.5678, 2), format_number(-0.001, 2)
    ('−1,234.57', '0.00')
    """
    number = as_number(value)
    if number is None:
        return MISSING
    # zero is added, as what rounds to it from below would keep its sign
    return f"{round(number, digits) + 0.0:,.{digits}f}".replace("-", "−")


def format_plain(value: object) -> str:
    """Write a number with up to four significant digits, integers in full.

    Parameters
    ----------
    value : object
        A number; text stays as it is.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_plain(12345), format_plain(0.04567), format_plain("female")
    ('12,345', '0.04567', 'female')
    """
    number = as_number(value)
    if number is None:
        return value if isinstance(value, str) else MISSING
    if number == int(number):
        return f"{int(number):,}".replace("-", "−")
    decimals = max(0, 3 - math.floor(math.log10(abs(number))))
    return format_number(number, min(decimals, 6)).rstrip("0").rstrip(".")


def format_count(value: object) -> str:
    """Write a number of members; groups of 1 to 10 are written as "<11".

    Parameters
    ----------
    value : object
        Members.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_count(12345), format_count(10), format_count(0)
    ('12,345', '<11', '0')
    """
    number = as_number(value)
    if number is None:
        return MISSING
    return f"<{SMALLEST_CELL}" if is_small(number) else f"{round(number):,}"


def is_small(members: object) -> bool:
    """Tell whether a group is too small to be shown: 1 to 10 members.

    Parameters
    ----------
    members : object
        Members.

    Returns
    -------
    bool
        True for more than 0 and fewer than 11.
    """
    number = as_number(members)
    return number is not None and 0 < number < SMALLEST_CELL


def format_percent(value: object, digits: int = 1) -> str:
    """Write a fraction as a percentage.

    Parameters
    ----------
    value : object
        Fraction.
    digits : int, default 1
        Decimals.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_percent(0.1234)
    '12.3%'
    """
    number = as_number(value)
    return MISSING if number is None else f"{format_number(100 * number, digits)}%"


def format_minor(minor: object, per_unit: object, currency: str) -> str:
    """Write an amount given in minor units, exactly.

    Parameters
    ----------
    minor : object
        Integer minor units, such as cents.
    per_unit : object
        Minor units in one unit of the currency.
    currency : str
        Code of the currency.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_minor(123456789, 100, "CNY")
    'CNY 1,234,567.89'
    """
    if not isinstance(minor, int) or not isinstance(per_unit, int) or per_unit < 1:
        return MISSING
    whole, part = divmod(abs(minor), per_unit)
    width = len(str(per_unit - 1)) if per_unit > 1 else 0
    sign = "−" if minor < 0 else ""
    return f"{currency} {sign}{whole:,}" + (f".{part:0{width}d}" if width else "")


def format_metric(metric: str, value: object) -> str:
    """Write the value of a metric with the decimals that suit it.

    Parameters
    ----------
    metric : str
        Name of the metric.
    value : object
        Its value.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_metric("mae", 2345.6), format_metric("auroc", 0.70249)
    ('2,346', '0.702')
    """
    return format_number(value, 0 if metric in {"mae", "balance"} else 4 if metric in SMALL else 3)


def format_interval(metric: str, estimate: object) -> str:
    """Write an interval as "low to high", or nothing where there is none.

    Parameters
    ----------
    metric : str
        Name of the metric.
    estimate : object
        ``{"value", "low", "high"}``.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_interval("auroc", {"value": 0.7, "low": 0.69, "high": 0.712})
    '0.690 to 0.712'
    """
    parts = as_estimate(estimate)
    if parts["low"] is None or parts["high"] is None:
        return ""
    return f"{format_metric(metric, parts['low'])} to {format_metric(metric, parts['high'])}"


def format_limit(limit: object) -> str:
    """Write the limit of a gate: a number, a pair of numbers, or words.

    Parameters
    ----------
    limit : object
        What the gate asks for.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_limit([0.97, 1.03]), format_limit([0.7, None]), format_limit(0.7)
    ('0.97 to 1.03', 'at least 0.7', '0.7')
    """
    if not isinstance(limit, list | tuple) or len(limit) != 2:
        return format_plain(limit)
    low, high = limit
    if high is None:
        return f"at least {format_plain(low)}"
    return f"at most {format_plain(high)}" if low is None else f"{format_plain(low)} to {format_plain(high)}"

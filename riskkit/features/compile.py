"""Compile a catalogue to SQL: events folded once into disjoint time buckets, windows rolled up from the buckets."""

from __future__ import annotations

from collections import defaultdict

from sqlglot import exp

from riskkit.features.catalogue import Catalogue, Feature
from riskkit.features.episodes import compile_episodes
from riskkit.features.plan import Plan
from riskkit.features.sources import SOURCES
from riskkit.features.window import age_days, bucket, visible

# Decimal sums are exact in any order: the same extract gives the same features on any number of threads and engines.
MONEY = "DECIMAL(18, 2)"
FACTOR = "DECIMAL(19, 6)"
PRODUCT = "DECIMAL(38, 6)"


def compile_catalogue(catalogue: Catalogue) -> list[Plan]:
    """Turn the declared features into one query per source and kind of fold.

    Parameters
    ----------
    catalogue : Catalogue
        Features to compile; context and derived ones need no query.

    Returns
    -------
    list of Plan
        Queries over the relation ``spine`` (`row_id`, `person_id`, `index_date`, `as_of_date`) and the canonical
        tables, in catalogue order.
    """
    folds: dict[tuple[str, str], list[Feature]] = defaultdict(list)
    for feature in catalogue.features:
        if feature.source in SOURCES:
            distinct = feature.column if feature.aggregate == "distinct" else ""
            folds[feature.source, distinct].append(feature)
    plans = []
    for (source, column), features in folds.items():
        query = _distinct(source, column, features) if column else _rollup(source, features)
        plans.append(Plan(source, SOURCES[source].table, tuple(features), query))
    return [*plans, *compile_episodes(catalogue)]


def _windows(features: list[Feature]) -> list[int | None]:
    days = sorted({f.window_days for f in features if f.window_days is not None})
    return [*days, *([None] if any(f.window_days is None for f in features) else [])]


def _dimensions(features: list[Feature]) -> list[str]:
    return sorted({name for feature in features for name, _ in feature.where})


def _visible_events(source: str, features: list[Feature], extra: list[exp.Expr]) -> exp.Select:
    """Join the events to the spine, through the window and nothing else, and number their buckets."""
    windows = _windows(features)
    longest = windows[-1]
    age = age_days()
    columns = [
        exp.column("row_id", "s"),
        *[exp.column(name, "e") for name in _dimensions(features)],
        exp.alias_(bucket(windows, age), "bucket"),
        exp.alias_(age, "age_days"),
        *extra,
    ]
    events = exp.alias_(exp.Subquery(this=SOURCES[source].query.copy()), "e", table=True)
    same_person = exp.column("person_id", "e").eq(exp.column("person_id", "s"))
    query = exp.select(*columns).from_("spine AS s").join(events, on=same_person)
    return query.where(visible(longest))


def _rollup(source: str, features: list[Feature]) -> exp.Select:
    partials = _partials(features)
    inner = _visible_events(source, features, _inner_columns(features))
    groups = [exp.column(name) for name in ("row_id", *_dimensions(features), "bucket")]
    folded = exp.select(*groups, *[exp.alias_(value, name) for name, value in partials.items()])
    folded = folded.from_(inner.subquery("visible_events")).group_by(*(group.copy() for group in groups))
    outer = [exp.alias_(exp.cast(_value(feature, features), "DOUBLE"), feature.name) for feature in features]
    return exp.select("row_id", *outer).from_(folded.subquery("folded")).group_by("row_id")


def _distinct(source: str, column: str, features: list[Feature]) -> exp.Select:
    """Keep each value's nearest bucket, then count values: a window holds what its buckets hold."""
    inner = _visible_events(source, features, [exp.column(column, "e")])
    present = exp.not_(exp.Is(this=exp.column(column, "e"), expression=exp.null()))
    groups = ["row_id", *_dimensions(features), column]
    nearest = exp.alias_(exp.Min(this=exp.column("bucket")), "bucket")
    folded = exp.select(*groups, nearest).from_(inner.where(present).subquery("visible_events")).group_by(*groups)
    outer = [
        exp.alias_(exp.cast(_filtered(exp.Count(this=exp.Star()), f, features), "DOUBLE"), f.name) for f in features
    ]
    return exp.select("row_id", *outer).from_(folded.subquery("folded")).group_by("row_id")


def _inner_columns(features: list[Feature]) -> list[exp.Expr]:
    """Values that the partial aggregates need, with each value's rank from the newest where `latest` asks for it."""
    names = sorted({f.column for f in features if f.column})
    columns: list[exp.Expr] = [exp.column("event_count", "e"), *[exp.column(name, "e") for name in names]]
    if any(f.aggregate == "latest" for f in features):
        newest = [exp.Ordered(this=exp.column(name, "e"), desc=True) for name in ("event_date", "record_id")]
        rank = exp.Window(
            this=exp.RowNumber(),
            partition_by=[exp.column("row_id", "s"), *[exp.column(name, "e") for name in _dimensions(features)]],
            order=exp.Order(expressions=newest),
        )
        columns.append(exp.alias_(rank, "recency"))
    return columns


def _partials(features: list[Feature]) -> dict[str, exp.Expr]:
    """Name the aggregates of one bucket; windows are sums, minima and maxima of these."""
    found: dict[str, exp.Expr] = {}
    for feature in features:
        found |= _partials_of(feature)
    return found


def _partials_of(feature: Feature) -> dict[str, exp.Expr]:
    name, value, age = feature.column, exp.column(feature.column), exp.column("age_days")
    newest = exp.Case(ifs=[exp.If(this=exp.column("recency").eq(1), true=value.copy())])
    # Money without a visit, and a visit taken back, are no day on which something happened.
    happened = exp.GT(this=exp.column("event_count"), expression=exp.convert(0))
    day = exp.Case(ifs=[exp.If(this=happened, true=age.copy())])
    count: dict[str, exp.Expr] = {"n": exp.Sum(this=exp.column("event_count"))}
    simple: dict[str, dict[str, exp.Expr]] = {
        "any": count,
        "count": count,
        "sum": {f"sum_{name}": exp.Sum(this=exp.cast(value, MONEY))},
        "max": {f"max_{name}": exp.Max(this=value)},
        "points": {f"max_{name}": exp.Max(this=value.copy())},
        "min": {f"min_{name}": exp.Min(this=value)},
        "latest": {f"latest_{name}": exp.Max(this=newest)},
        "days_since": {"nearest": exp.Min(this=day)},
        "days_since_first": {"furthest": exp.Max(this=day.copy())},
    }
    return simple.get(feature.aggregate) or _moments(name, value, age)


def _moments(name: str, value: exp.Expr, age: exp.Expr) -> dict[str, exp.Expr]:
    """Sum readings, days and products, from which mean, spread and trend follow."""
    # The engine keeps a product as narrow as its factors while those have 18 digits, and overflows at a million.
    reading, days = exp.cast(value.copy(), FACTOR), exp.cast(age.copy(), FACTOR)
    return {
        f"m_{name}": exp.Count(this=value.copy()),
        f"m_{name}_v": exp.Sum(this=reading.copy()),
        f"m_{name}_vv": exp.Sum(this=exp.cast(reading.copy() * reading.copy(), PRODUCT)),
        f"m_{name}_t": exp.Sum(this=days.copy()),
        f"m_{name}_tt": exp.Sum(this=exp.cast(days.copy() * days.copy(), PRODUCT)),
        f"m_{name}_tv": exp.Sum(this=exp.cast(days.copy() * reading.copy(), PRODUCT)),
    }


def _filtered(aggregate: exp.Expr, feature: Feature, features: list[Feature]) -> exp.Expr:
    """Restrict an aggregate over buckets to the feature's window and equalities."""
    number = _windows(features).index(feature.window_days)
    same = [exp.column(name).eq(value) for name, value in feature.where]
    within = exp.column("bucket") <= exp.convert(number)
    return exp.Filter(this=aggregate, expression=exp.Where(this=exp.and_(within, *same)))


def _value(feature: Feature, features: list[Feature]) -> exp.Expr:
    def over(aggregate: type[exp.AggFunc], name: str) -> exp.Expr:
        return _filtered(aggregate(this=exp.column(name)), feature, features)

    name, zero = feature.column, exp.convert(0)
    happened = exp.If(this=over(exp.Sum, "n") > zero, true=exp.convert(1))
    simple: dict[str, exp.Expr] = {
        "any": exp.Case(ifs=[happened], default=zero),
        "count": exp.func("COALESCE", over(exp.Sum, "n"), zero),
        "sum": exp.func("COALESCE", over(exp.Sum, f"sum_{name}"), zero),
        "max": over(exp.Max, f"max_{name}"),
        "points": exp.func("COALESCE", over(exp.Max, f"max_{name}"), zero),
        "min": over(exp.Min, f"min_{name}"),
        "latest": over(exp.Max, f"latest_{name}"),
        "days_since": over(exp.Min, "nearest"),
        "days_since_first": over(exp.Max, "furthest"),
    }
    if feature.aggregate in simple:
        return simple[feature.aggregate]
    parts = ("", "_v", "_vv", "_t", "_tt", "_tv")
    sums: dict[str, exp.Expr] = {part: exp.cast(over(exp.Sum, f"m_{name}{part}"), "DOUBLE") for part in parts}
    return _moment_value(feature.aggregate, sums)


def _moment_value(aggregate: str, sums: dict[str, exp.Expr]) -> exp.Expr:
    """Form a mean, a sample standard deviation (two readings) or a least-squares slope per year (three readings)."""
    n, v, vv, t, tt, tv = (exp.paren(sums[part]) for part in ("", "_v", "_vv", "_t", "_tt", "_tv"))
    if aggregate == "mean":
        return v / exp.func("NULLIF", n, exp.convert(0))
    if aggregate == "sd":
        squares = exp.paren(vv - v.copy() * v.copy() / n.copy())
        # What rounding alone leaves of equal readings is no spread.
        clear = exp.If(this=squares.copy() > vv.copy() * exp.convert(1e-12), true=squares)
        spread = exp.Case(ifs=[clear], default=exp.convert(0))
        deviation = exp.func("SQRT", spread / exp.paren(n.copy() - exp.convert(1)))
        return exp.Case(ifs=[exp.If(this=n.copy() >= exp.convert(2), true=deviation)])
    # Days run backwards from the index date, so the slope in time is minus the slope in age.
    above = exp.paren(t * v - n * tv) * exp.convert(365.25)
    below = exp.func("NULLIF", exp.paren(n.copy() * tt - t.copy() * t.copy()), exp.convert(0))
    return exp.Case(ifs=[exp.If(this=n.copy() >= exp.convert(3), true=above / below)])

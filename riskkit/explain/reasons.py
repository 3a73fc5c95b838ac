"""Reasons in words: contributions folded by clinical group, ranked, and said with the leading feature's value."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.explain.contributions import KEY, FloatArray, add_columns, find_groups, split_frame
from riskkit.explain.wording import Quantity, get_group_words, get_unit_words, raise_first, write_value

MOST_REASONS = 4
SMALLEST_SHARE = 0.01

IntArray = npt.NDArray[np.intp]


class Reason(TypedDict):
    """One reason: a clinical group, which way and how far it moves the prediction, and its leading feature."""

    group: str
    direction: str
    feature: str
    value: float | None
    unit: str
    amount: float
    text: str
    text_zh: str


@dataclass(frozen=True)
class _Entry:
    """What the dictionary says of one feature of the model."""

    name: str
    group: str
    unit: str
    meaning: str
    meaning_zh: str
    suffix: str
    suffix_zh: str


def compute_reasons(
    contributions: pd.DataFrame,
    features: pd.DataFrame,
    catalogue: pd.DataFrame,
    quantity: Quantity,
    *,
    max_reasons: int = MOST_REASONS,
    min_share: float = SMALLEST_SHARE,
) -> list[list[Reason]]:
    """Give the reasons for every prediction.

    Contributions are added up by clinical group first, because related measurements share the credit among them.
    A group is a reason if it moves the prediction by more than `min_share` of its size; the strongest come first,
    equal ones in the order of the catalogue. Each reason names the feature of its group that pulls hardest in the
    group's direction. A reason is an attribution by the model, not a cause.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        From `rescale_to_probability` or `rescale_to_amount`.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        Values of the same rows in the same order; NaN is missing.
    catalogue : pandas.DataFrame of shape (n_catalogue, n_columns)
        `name`, `meaning`, `meaning_zh`, `unit`, `group`.
    quantity : Quantity
        What the contributions are amounts of.
    max_reasons : int, default 4
        Reasons of a row at most.
    min_share : float, default 0.01
        Part of the prediction that a group must exceed.

    Returns
    -------
    list of n_rows lists of dict
        Each with `group`, `direction` ("raises" or "lowers"), `feature`, `value` (None where missing), `unit`,
        `amount` (of the whole group, with its sign, in the unit of the prediction, rounded to the decimals of
        `quantity`), `text` and `text_zh`.

    Raises
    ------
    DataContractError
        If rows do not match, or a feature is absent from the features or the catalogue.

    References
    ----------
    .. [1] Lundberg S. M., Lee S.-I. (2017). A unified approach to interpreting model predictions. NeurIPS 30.

    Examples
    --------
    >>> from riskkit.explain.wording import make_cost_quantity
    >>> key = {"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)]}
    >>> catalogue = pd.DataFrame({"name": ["hba1c"], "meaning": ["HbA1c, latest in 365 days"], "unit": ["%"],
    ...                           "meaning_zh": ["最近糖化血红蛋白"], "group": ["glycaemia"]})
    >>> reasons = compute_reasons(pd.DataFrame({**key, "base_value": [5000.0], "hba1c": [1240.0]}),
    ...                           pd.DataFrame({**key, "hba1c": [9.4]}), catalogue, make_cost_quantity())
    >>> reasons[0][0]["text"]
    'HbA1c, latest in 365 days: 9.4 % — raises the expected cost by 1,240 CNY a year'
    """
    names, base, phi = split_frame(contributions)
    entries, group_of, n_groups = _look_up(names, catalogue, quantity)
    values = _align(contributions, features, names)
    totals, leaders = _fold(phi, group_of, n_groups)
    prediction = base + add_columns(phi)
    order = np.argsort(-np.abs(totals), axis=1, kind="stable")[:, :max_reasons]
    amounts = np.take_along_axis(totals, order, axis=1)
    kept = np.abs(amounts) > min_share * np.abs(prediction)[:, None]
    rows, places = np.nonzero(kept)
    lead = leaders[rows, order[rows, places]]
    flat = _say(entries, lead, values[rows, lead], np.round(amounts[rows, places], quantity.decimals), quantity)
    ends = np.cumsum(kept.sum(axis=1)).tolist()
    return [flat[start:end] for start, end in pairwise([0, *ends])]


def reasons_to_json(reasons: Sequence[Sequence[Reason]]) -> list[str]:
    """Write the reasons of every row as JSON text.

    Parameters
    ----------
    reasons : sequence of n_rows sequences of dict
        From `compute_reasons`.

    Returns
    -------
    list of n_rows str
        One JSON array a row, Chinese as it is.

    Examples
    --------
    >>> reasons_to_json([[]])
    ['[]']
    """
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    return [encode(row) for row in reasons]


def _look_up(names: list[str], catalogue: pd.DataFrame, quantity: Quantity) -> tuple[list[_Entry], IntArray, int]:
    groups = find_groups(names, catalogue)
    known = list(dict.fromkeys(group for group in catalogue["group"].tolist() if group in set(groups)))
    rows = catalogue.set_index("name").loc[names]
    entries = []
    for name, group in zip(names, groups, strict=True):
        unit, meaning, meaning_zh = (str(rows.loc[name, column]) for column in ("unit", "meaning", "meaning_zh"))
        english, chinese = get_group_words(group)
        whole = (f" ({english} as a whole)", f"（{chinese}合计）") if groups.count(group) > 1 else ("", "")
        entries.append(_Entry(name, group, unit, raise_first(meaning), meaning_zh, *whole))
    return entries, np.array([known.index(group) for group in groups], dtype=np.intp), len(known)


def _align(contributions: pd.DataFrame, features: pd.DataFrame, names: list[str]) -> FloatArray:
    absent = [name for name in (*KEY, *names) if name not in features]
    if absent:
        message = f"features: {', '.join(absent)} absent, expected the key and every explained feature."
        raise DataContractError(message)
    if len(features) != len(contributions) or any(
        not np.array_equal(features[name].to_numpy(), contributions[name].to_numpy()) for name in KEY
    ):
        message = "features: rows differ from those of the contributions. Pass the frame that was explained, unsorted."
        raise DataContractError(message)
    return features[names].to_numpy(dtype=np.float64)


def _fold(phi: FloatArray, group_of: IntArray, n_groups: int) -> tuple[FloatArray, IntArray]:
    """Totals by group, and the column of each group that pulls hardest the group's way.

    Columns are added one by one: a matrix product may round a row differently in a batch and alone.
    """
    totals = np.zeros((n_groups, len(phi)))
    for column, group in enumerate(group_of):
        totals[group] += phi[:, column]
    leaders = np.zeros((n_groups, len(phi)), dtype=np.intp)
    strongest = np.full((n_groups, len(phi)), -np.inf)
    for column, group in enumerate(group_of):
        pull = np.where(totals[group] < 0, -phi[:, column], phi[:, column])
        better = pull > strongest[group]
        leaders[group][better] = column
        strongest[group][better] = pull[better]
    return totals.T, leaders.T


def _say(
    entries: list[_Entry], lead: IntArray, values: FloatArray, amounts: FloatArray, quantity: Quantity
) -> list[Reason]:
    raises = amounts > 0
    said: list[Reason] = []
    ways = (f"lowers {quantity.name} by ", f"raises {quantity.name} by ")
    ways_zh = (f"使{quantity.name_zh}减少 ", f"使{quantity.name_zh}增加 ")
    units = [get_unit_words(entry.unit, quantity)[0] for entry in entries]
    columns = (lead.tolist(), values.tolist(), amounts.tolist(), raises.tolist())
    for index, value, amount, up in zip(*columns, strict=True):
        entry = entries[index]
        shown, shown_zh = write_value(value, entry.unit, quantity)
        size = quantity.write_amount(amount)
        said.append(
            {
                "group": entry.group,
                "direction": "raises" if up else "lowers",
                "feature": entry.name,
                "value": None if math.isnan(value) else value,
                "unit": units[index],
                "amount": amount,
                "text": f"{entry.meaning}: {shown} — {ways[up]}{size} {quantity.unit}{entry.suffix}",
                "text_zh": f"{entry.meaning_zh}：{shown_zh}，{ways_zh[up]}{size} {quantity.unit_zh}{entry.suffix_zh}",
            }
        )
    return said

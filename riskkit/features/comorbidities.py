"""Features of comorbidity: Charlson and Elixhauser groups from their code lists, and the indices over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.features.catalogue import Feature
from riskkit.features.wording import name_group

if TYPE_CHECKING:
    import pandas as pd

LISTS = {"charlson": ("Charlson group", "Charlson合并症"), "elixhauser": ("Elixhauser group", "Elixhauser合并症")}
INDICES = {
    "charlson_index_730d": ("charlson", "Charlson comorbidity index", "Charlson合并症指数", "points"),
    "charlson_index_no_diabetes_730d": (
        "charlson_no_diabetes",
        "Charlson comorbidity index without the points of diabetes",
        "不计糖尿病的Charlson合并症指数",
        "points",
    ),
    "elixhauser_count_730d": ("elixhauser", "Elixhauser groups", "Elixhauser合并症数", "count"),
}


def comorbidity_features(code_groups: pd.DataFrame) -> list[Feature]:
    """Declare one feature per group of the comorbidity lists that there are, and the indices.

    A single record of any setting raises them, so none may enter a rate.

    Parameters
    ----------
    code_groups : pandas.DataFrame
        Columns `list`, `group`: the groups of every code list.

    Returns
    -------
    list of Feature
        Group ``comorbidity``.
    """
    listed = code_groups[["list", "group"]].drop_duplicates().sort_values(["list", "group"])
    groups = [_group(name, group) for name, group in listed.itertuples(index=False) if name in LISTS]
    held = set(listed["list"])
    indices = [_index(name) for name in INDICES if name.split("_")[0] in held]
    return [*groups, *indices]


def _group(name: str, group: str) -> Feature:
    (kind, kind_zh), (words, words_zh) = LISTS[name], name_group(group)
    return Feature(
        f"{name}_{group}_730d",
        f"{kind} {words} in 730 days",
        f"730天内{kind_zh}:{words_zh}",
        "flag",
        "comorbidity",
        "comorbidities",
        "any",
        where=(("code_group", f"{name}:{group}"),),
        window_days=730,
        direction=1,
    )


def _index(name: str) -> Feature:
    column, words, words_zh, unit = INDICES[name]
    return Feature(
        name,
        f"{words} in 730 days",
        f"730天内{words_zh}",
        unit,
        "comorbidity",
        "comorbidity_index",
        "sum",
        column=column,
        window_days=730,
        direction=1,
    )

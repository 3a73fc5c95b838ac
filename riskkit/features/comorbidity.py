"""Comorbidity: the Charlson index and the count of Elixhauser groups; a graver form takes the place of its milder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.features.sources import SOURCES
from riskkit.features.timeline import number, only, seen

if TYPE_CHECKING:
    from riskkit.features.catalogue import Feature

GRAVER = {
    "charlson:mild_liver_disease": "charlson:moderate_or_severe_liver_disease",
    "charlson:diabetes_without_complication": "charlson:diabetes_with_complication",
    "charlson:any_malignancy": "charlson:metastatic_solid_tumor",
    "elixhauser:diabetes_uncomplicated": "elixhauser:diabetes_complicated",
    "elixhauser:hypertension_uncomplicated": "elixhauser:hypertension_complicated",
    "elixhauser:solid_tumor_without_metastasis": "elixhauser:metastatic_cancer",
}
"""Milder group to the graver one beside which it does not count again."""
DIABETES = ("charlson:diabetes_without_complication", "charlson:diabetes_with_complication")


def compile_comorbidity(features: tuple[Feature, ...]) -> exp.Select:
    """Compile the indices: the points of each Charlson group, or one for each Elixhauser group, added up.

    Parameters
    ----------
    features : tuple of Feature
        Features of one window whose `column` is ``charlson``, ``charlson_no_diabetes`` or ``elixhauser``.

    Returns
    -------
    sqlglot.expressions.Select
        `row_id` and one column per feature.

    References
    ----------
    .. [1] Quan et al., Coding algorithms for defining comorbidities in ICD-9-CM and ICD-10 administrative data,
       Medical Care 43 (2005), doi:10.1097/01.mlr.0000182534.19832.83.
    """
    days = max(feature.window_days or 0 for feature in features)
    columns = [exp.column(name, "e") for name in ("code_group", "points")]
    visible = seen(SOURCES["comorbidities"].query, columns, days)
    points = exp.alias_(exp.Max(this=exp.column("points")), "points")
    held = exp.select("row_id", "code_group", points).from_(visible.subquery("visible_codes"))
    held = held.group_by("row_id", "code_group")
    values = [number(_index(feature.column), feature.name) for feature in features]
    return exp.select("row_id", *values).from_(held.subquery("held")).group_by("row_id")


def _index(column: str) -> exp.Expr:
    name = column.split("_", maxsplit=1)[0]
    weight = exp.column("points") if name == "charlson" else exp.convert(1)
    same = exp.func("SUBSTRING", exp.column("code_group"), exp.convert(1), exp.convert(len(name) + 1)).eq(f"{name}:")
    without = DIABETES if column == "charlson_no_diabetes" else ()
    counted = [same, *(exp.NEQ(this=exp.column("code_group"), expression=exp.convert(group)) for group in without)]
    total = _sum(weight, *counted)
    for milder, graver in GRAVER.items():
        if milder.startswith(f"{name}:") and milder not in without:
            total = total - exp.paren(_sum(weight, _is(milder)) * _present(graver))
    return total


def _sum(weight: exp.Expr, *conditions: exp.Expr) -> exp.Expr:
    return exp.func("COALESCE", only(exp.Sum(this=weight.copy()), *conditions), exp.convert(0))


def _is(group: str) -> exp.Expr:
    return exp.column("code_group").eq(group)


def _present(group: str) -> exp.Expr:
    return only(exp.Count(this=exp.Star()), _is(group))

"""Comorbidity indices of persons: groups from a code list, a graver form in place of a milder one, points added up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from riskkit.data.codes import match_prefixes

if TYPE_CHECKING:
    from collections.abc import Mapping

GRAVER = {
    "mild_liver_disease": "moderate_or_severe_liver_disease",
    "diabetes_without_complication": "diabetes_with_complication",
    "any_malignancy": "metastatic_solid_tumor",
}
"""Milder group to the graver one beside which it does not count again."""

QUAN_2011: Mapping[str, float] = {
    "congestive_heart_failure": 2,
    "dementia": 2,
    "chronic_pulmonary": 1,
    "rheumatic": 1,
    "mild_liver_disease": 2,
    "diabetes_with_complication": 1,
    "hemiplegia": 2,
    "renal": 1,
    "any_malignancy": 2,
    "moderate_or_severe_liver_disease": 4,
    "metastatic_solid_tumor": 6,
    "aids": 4,
}
"""Points of the updated index; the other groups have none."""


def compute_charlson(
    diagnoses: pd.DataFrame, code_list: pd.DataFrame, *, weights: Literal["charlson", "quan2011"] = "charlson"
) -> pd.DataFrame:
    """Compute the Charlson groups and index of every person.

    Parameters
    ----------
    diagnoses : pandas.DataFrame
        Columns `person_id`, `code`, `vocabulary`; one row per diagnosis.
    code_list : pandas.DataFrame
        ``models/codelists/charlson.csv``, from `riskkit.data.codes.read_code_list`.
    weights : {"charlson", "quan2011"}, default "charlson"
        The points of the list (Charlson 1987), or those of the update of 2011.

    Returns
    -------
    pandas.DataFrame of shape (n_persons, 2 + n_groups)
        `person_id`, one boolean column per group and `charlson_index` (points), sorted by person. The flags say what
        was coded; the index counts the graver of two forms alone.

    Raises
    ------
    DataContractError
        If a vocabulary is unknown.

    References
    ----------
    .. [1] Charlson et al. (1987), A new method of classifying prognostic comorbidity, doi:10.1016/0021-9681(87)90171-8.
    .. [2] Quan et al. (2005), Coding algorithms for defining comorbidities, doi:10.1097/01.mlr.0000182534.19832.83.
    .. [3] Quan et al. (2011), Updating and validating the Charlson index, doi:10.1093/aje/kwq433.

    Examples
    --------
    Diabetes twice over counts once, with its complication (2); heart failure adds 1.

    >>> entries = {"group": ["diabetes_without_complication", "diabetes_with_complication", "congestive_heart_failure"],
    ...            "prefix": ["E119", "E112", "I50"], "points": [1.0, 2.0, 1.0]}
    >>> listed = pd.DataFrame(entries).assign(list="charlson", vocabulary="who_cn")
    >>> held = pd.DataFrame({"person_id": "a", "code": ["E11.9", "E11.201", "I50.9"], "vocabulary": "who_cn"})
    >>> compute_charlson(held, listed)["charlson_index"].tolist()
    [3.0]
    """
    groups = sorted(code_list["group"].unique())
    points = code_list.groupby("group")["points"].max() if weights == "charlson" else pd.Series(QUAN_2011)
    persons = np.sort(diagnoses["person_id"].unique())
    flags = _flag_groups(diagnoses, code_list, persons, groups)
    counted = flags.copy()
    for milder, graver in GRAVER.items():
        if {milder, graver} <= set(groups):
            counted[milder] &= ~flags[graver]
    index = counted.to_numpy(dtype="float64") @ points.reindex(groups, fill_value=0.0).to_numpy(dtype="float64")
    return flags.assign(charlson_index=index).rename_axis("person_id").reset_index()


def _flag_groups(
    diagnoses: pd.DataFrame, code_list: pd.DataFrame, persons: np.ndarray, groups: list[str]
) -> pd.DataFrame:
    """Say which groups each person's codes belong to; a code in several groups raises them all."""
    key = ["code", "vocabulary"]
    matches = match_prefixes(diagnoses[key], code_list)[[*key, "group"]]
    held = diagnoses[["person_id", *key]].drop_duplicates().merge(matches, on=key)
    table = np.zeros((len(persons), len(groups)), dtype=bool)
    table[np.searchsorted(persons, held["person_id"]), np.searchsorted(groups, held["group"])] = True
    return pd.DataFrame(table, index=persons, columns=groups)

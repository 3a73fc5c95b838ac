"""The CMS-HCC score of members with ICD-10-CM diagnoses."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation import hcc

DAY = pd.Timestamp("2024-01-01")
MEMBERS = pd.DataFrame(
    {
        "person_id": ["a", "b", "c", "d"],
        "index_date": DAY,
        "age_years": [67, 67, 50, pd.NA],
        "sex": ["female", "female", "male", "male"],
    }
)
DIAGNOSES = pd.DataFrame({"person_id": ["b", "b", "b"], "index_date": DAY, "code": ["I50.9", "E11.9", "I50.9"]})


def test_sicker_members_score_higher_and_repeats_count_once() -> None:
    pytest.importorskip("hccinfhir", reason="hccinfhir (the extra 'hcc') is not installed")
    scores = hcc.compute_hcc_score(MEMBERS, DIAGNOSES)
    # V28, community, not dually eligible, aged: a woman of 65 to 69 scores .330 (CY2024 announcement, table VI-1).
    assert scores[0] == pytest.approx(0.330)
    assert scores[1] > scores[0]
    once = hcc.compute_hcc_score(MEMBERS, DIAGNOSES.drop_duplicates())
    assert once[1] == scores[1]


def test_a_member_without_an_age_has_no_score() -> None:
    pytest.importorskip("hccinfhir", reason="hccinfhir (the extra 'hcc') is not installed")
    assert pd.isna(hcc.compute_hcc_score(MEMBERS, DIAGNOSES)[3])


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hcc, "is_hcc_installed", lambda: False)
    with pytest.raises(DataContractError, match="install riskkit with the extra 'hcc'"):
        hcc.compute_hcc_score(MEMBERS, DIAGNOSES)

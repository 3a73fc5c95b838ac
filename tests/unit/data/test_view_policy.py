"""A view is data: what each role sees is read from a file, and a file that contradicts the tables is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from riskkit.data.presets import find_presets
from riskkit.data.view_policy import read_view
from riskkit.errors import PolicyError

SHIPPED = find_presets() / "models" / "views"


@pytest.mark.parametrize(
    ("role", "scope"), [("institution", "institution"), ("payer", "everyone"), ("patient", "person")]
)
def test_three_roles_are_shipped_each_with_its_scope(role: str, scope: str) -> None:
    policy, sensitive = read_view(SHIPPED / f"{role}.toml")
    assert (policy.role, policy.scope) == (role, scope)
    assert set(sensitive["group"]) == {"infectious", "psychiatric"}
    assert policy.smallest_cell.value == 11


def test_the_payer_reads_no_laboratory_value_and_the_institution_no_payment() -> None:
    assert "lab_result" not in read_view(SHIPPED / "payer.toml")[0].tables
    assert "paid_amount" in read_view(SHIPPED / "institution.toml")[0].tables["medical_claim"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("lab_result = []", "lab_results = []", "lab_results: not a canonical table"),
        ('medical_claim = ["paid_amount"', 'medical_claim = ["start_date"', "'start_date' is no column of it that may"),
        ('mask = ["infectious"', 'mask = ["infectous"', r"mask: found 'infectous', expected groups of"),
        ("value = 11", 'value = "few"', "smallest_cell"),
    ],
)
def test_a_view_that_cannot_be_carried_out_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    shutil.copytree(SHIPPED, tmp_path / "views")
    file = tmp_path / "views" / "institution.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError, match=said):
        read_view(file)

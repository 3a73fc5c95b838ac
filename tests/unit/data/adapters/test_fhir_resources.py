"""FHIR resources: held against the definitions, and loaded in batches with what is wrong with them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from riskkit.data.adapters import fhir_resources
from riskkit.data.adapters.fhir_resources import load_check, load_resources
from riskkit.data.engine import open_engine
from riskkit.errors import DataContractError

PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1950"}


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        (PATIENT, None),
        ({"resourceType": "Patient", "birthDate": "1950-02-30"}, "Patient.birthDate"),
        ({"resourceType": "Patient", "nickname": "x"}, "Patient.nickname: Extra inputs are not permitted"),
        ({"resourceType": "Encounter", "class": {"code": "AMB"}}, "Encounter"),
        ({"resourceType": "Wallet"}, "Wallet: no resource of FHIR R4"),
        ({"resourceType": "HumanName"}, "HumanName: no resource of FHIR R4"),
        ({"resourceType": 5}, "5: no resource of FHIR R4"),
        ({"id": "x"}, "no resourceType: no resource of FHIR R4"),
    ],
)
def test_what_is_wrong_with_a_resource_is_said_in_a_line(resource: dict[str, object], problem: str | None) -> None:
    found = load_check()(resource)
    assert found is None if problem is None else (found or "").startswith(problem)
    assert "\n" not in (found or "")


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources.R4B", None)
    with pytest.raises(DataContractError, match=r"definitions of FHIR\. Install them: pip install riskkit\[fhir\]\."):
        load_check()


def test_resources_are_loaded_in_batches_and_keep_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fhir_resources, "BATCH", 2)
    file = tmp_path / "a.ndjson"
    lines = [json.dumps({**PATIENT, "id": str(number)}) for number in range(4)]
    file.write_text("\n".join([*lines, "nonsense"]), encoding="utf-8")
    told: list[tuple[str, int, int]] = []
    with open_engine() as engine:
        counted = load_resources(engine, [file], tell=lambda *step: told.append(step))
        rows = engine.execute("SELECT place, type, id, invalid FROM received ORDER BY place").fetchall()
    assert counted == {"a.ndjson": 5}
    assert told == [("a.ndjson", 0, 1)]
    assert rows[:4] == [(number + 1, "Patient", str(number), None) for number in range(4)]
    assert rows[4] == (5, "no resource", None, "no resource in this entry or line")


def test_what_json_or_unicode_cannot_hold_is_kept_as_no_resource(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_text('{"resourceType": "Basic", "x": 1e999}\n{"resourceType": "Patient", "id": "\\ud83d"}\n', "utf-8")
    with open_engine() as engine:
        load_resources(engine, [file])
        rows = engine.execute("SELECT DISTINCT type, id, invalid FROM received").fetchall()
    assert rows == [("no resource", None, "a number or a letter that JSON cannot hold")]

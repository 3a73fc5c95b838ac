"""FHIR files: what is taken for one, how bundles are taken apart, and what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from riskkit.data.adapters.fhir_bundles import Received, find_bundles, read_resources
from riskkit.errors import DataContractError

PATIENT = {"resourceType": "Patient", "id": "p"}
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}]}
TEXT = json.dumps(BUNDLE)


def read(file: Path) -> list[Received]:
    return list(read_resources(file))


@pytest.mark.parametrize("name", ["a.json", "a.JSON.gz", "a.ndjson", "a.jsonl.gz"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_opened_by_what_it_holds_plain_or_gzip(tmp_path: Path, name: str, packed: bool) -> None:
    file = tmp_path / name
    file.write_bytes(gzip.compress(TEXT.encode()) if packed else TEXT.encode())
    assert find_bundles(tmp_path) == [file]
    assert read(file) == [Received(PATIENT)]


def test_other_files_of_a_folder_are_left_and_those_found_come_by_name(tmp_path: Path) -> None:
    for name in ("b.json", "a.ndjson.gz", "readme.txt", "c.csv"):
        (tmp_path / name).touch()
    assert [file.name for file in find_bundles(tmp_path)] == ["a.ndjson.gz", "b.json"]
    assert find_bundles(tmp_path / "b.json") == [tmp_path / "b.json"]


def test_ndjson_holds_resources_and_bundles_and_a_line_that_is_neither_is_kept_as_text(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_text(f"\ufeff{json.dumps(PATIENT)}\n\n{TEXT}\nnonsense\n[1]\n", encoding="utf-8")
    assert read(file) == [
        Received(PATIENT),
        Received(PATIENT),
        Received(None, text="nonsense"),
        Received(None, text="[1]"),
    ]


def test_entries_of_nested_bundles_are_read_and_those_without_a_resource_are_kept_as_text(tmp_path: Path) -> None:
    entries = [{"resource": BUNDLE}, {"fullUrl": "urn:uuid:u", "resource": PATIENT}, {"request": {}}, 7]
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}), encoding="utf-8")
    renamed = Received(PATIENT, "urn:uuid:u")
    assert read(file) == [Received(PATIENT), renamed, Received(None, text='{"request": {}}'), Received(None, text="7")]


def test_an_entry_that_is_no_list_is_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"resourceType": "Bundle", "entry": {"a": 1}}', encoding="utf-8")
    assert read(file) == [Received(None, text='{"a": 1}')]


def test_a_reference_by_type_and_id_finds_an_entry_that_goes_by_another_urn(tmp_path: Path) -> None:
    visit = {"resourceType": "Encounter", "subject": {"reference": "Patient/p"}, "participant": [{"reference": "X/y"}]}
    entries = [{"fullUrl": "urn:uuid:u", "resource": PATIENT}, {"resource": visit}]
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}), encoding="utf-8")
    body = read(file)[1].body
    assert body == {**visit, "subject": {"reference": "urn:uuid:u"}}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"hello", r"a\.json: found text that is no JSON \(Expecting value in line 1\)"),
        (TEXT[:-5].encode(), r"a\.json: found text that is no JSON"),
        (b'{"a": 1}', r"a\.json: found JSON without a resourceType, expected a FHIR R4 bundle\. Export the file again"),
        (b"[1]", r"a\.json: found JSON without a resourceType"),
        (b"[" * 200_000, r"a\.json: found JSON that is nested too deep"),
        ('{"resourceType": "患者"}'.encode("gbk"), r"a\.json: cannot be read \('utf-8' codec.*Expected UTF-8 JSON"),
        (gzip.compress(TEXT.encode() * 50, mtime=0)[:60], r"a\.json: cannot be read \(Compressed file ended"),
        (gzip.compress(TEXT.encode(), mtime=0)[:12] + b"\xff" * 40, r"a\.json: cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_what_it_holds(tmp_path: Path, content: bytes, found: str) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content)
    with pytest.raises(DataContractError, match=found):
        read(file)


def test_a_source_without_such_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match="no such file or folder"):
        find_bundles(tmp_path / "absent")
    with pytest.raises(DataContractError, match=r"found nothing\. Give the folder of the bundles"):
        find_bundles(tmp_path)
    (tmp_path / "patients.csv").touch()
    with pytest.raises(DataContractError, match=r"no file that ends in \.json.*found patients\.csv"):
        find_bundles(tmp_path)

"""A folder is read whole or not at all, and written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.data.io import Tables, conform, hash_file, read_tables, write_tables
from riskkit.data.quality import QualityReport
from riskkit.data.schemas import TABLES
from riskkit.data.synthetic import make_cohort
from riskkit.errors import DataContractError

WriteSource = Callable[..., Path]
Claims = Callable[..., str]


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def members() -> dict[str, pd.DataFrame]:
    return make_cohort(n_persons=60, years=2, seed=3).tables


@pytest.mark.parametrize("layout", ["parquet", "csv"])
def test_what_is_written_is_read_back_equal(members: dict[str, pd.DataFrame], tmp_path: Path, layout: str) -> None:
    tables = read_tables(write_tables(members, tmp_path / "out", layout=layout), tmp_path / "work")
    assert tables.quality.rows_in == sum(len(frame) for frame in members.values())
    assert tables.quality.rows_quarantined == 0
    for name, frame in members.items():
        expected = frame.sort_values(list(TABLES[name].key), ignore_index=True)
        pd.testing.assert_frame_equal(tables.frame(name), expected)


def test_reading_twice_gives_the_same_bytes(members: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    source = write_tables(members, tmp_path / "out")
    first, second = (read_tables(source, tmp_path / name) for name in ("one", "two"))
    assert first.hashes == second.hashes
    assert first.hashes["person"] == hash_file(first.paths["person"])


def test_the_hash_of_a_file_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    golden = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hash_file(tmp_path / "abc") == golden


def test_a_plain_source_is_read_with_its_quirks(write_source: WriteSource, tmp_path: Path) -> None:
    person = '\ufeffperson_id,birth_date,sex,region,shoe_size\r\nP1,1950-06-01,,"Pudong, Shanghai",38\r\n'
    tables = read_tables(write_source(person=person, medical_claim=None), tmp_path / "work")
    frame = tables.frame("person")
    assert frame.loc[0, "region"] == "Pudong, Shanghai"
    assert frame["sex"].isna().all()
    assert frame.loc[0, "birth_date"] == pd.Timestamp("1950-06-01")
    assert tables.quality.tables[0].ignored_columns == ("shoe_size",)


def test_a_table_that_the_source_lacks_is_an_empty_frame_of_its_types(
    write_source: WriteSource, tmp_path: Path
) -> None:
    tables = read_tables(write_source(), tmp_path / "work")
    labs = tables.frame("lab_result")
    assert labs.empty
    assert labs.columns.tolist() == TABLES["lab_result"].column_names
    assert {str(labs[name].dtype) for name in ("date", "available_date")} == {"datetime64[us]"}


def test_a_header_without_rows_is_a_table_without_events(
    write_source: WriteSource, claims: Claims, tmp_path: Path
) -> None:
    tables = read_tables(write_source(medical_claim=claims()), tmp_path / "work")
    assert "medical_claim" in tables.paths
    assert tables.frame("medical_claim").empty


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"person": ""}, "person.csv: the file is empty"),
        ({"person": "person_id,birth_date\n"}, "person.csv: a header and no rows"),
        ({"person": "person_id,sex\nP1,male\n"}, "person.csv: column 'birth_date' is missing; found person_id, sex"),
        ({"person": "person_id;birth_date\nP1;1950-01-01\n"}, "column 'person_id' is missing; found person_id;birth"),
        ({"person": "person_id,birth_date\nP1,1950-01-01,x\n"}, "person.csv: cannot be read as csv .*Columns: 2 Found"),
        ({"person": None}, "no person.parquet or person.csv"),
        ({"medical_claim": "claim_id\n"}, "medical_claim.csv: column 'person_id' is missing"),
        ({"lab_result": "检验,结果\n".encode("gbk")}, "lab_result.csv: not UTF-8 .*it looks like GBK"),
    ],
    ids=["empty", "no-rows", "no-column", "semicolon", "ragged", "no-person", "claims", "gbk"],
)
def test_a_bad_source_is_refused_in_one_line_and_leaves_nothing_behind(
    write_source: WriteSource, tmp_path: Path, tables: dict[str, str | bytes | None], message: str
) -> None:
    source = write_source(**tables)
    with pytest.raises(DataContractError, match=message) as caught:
        read_tables(source, tmp_path / "work")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "work").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_parquet_table_damaged_in_the_middle_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    file = source / "person.parquet"
    ids = [f"P{number:06d}" for number in np.random.default_rng(0).permutation(50_000)]
    pd.DataFrame({"person_id": ids, "birth_date": "1950-01-01"}).to_parquet(file)
    content = bytearray(file.read_bytes())
    content[1000:3000] = b"\x00" * 2000
    file.write_bytes(content)
    with pytest.raises(DataContractError, match=r"^person.parquet: cannot be read as parquet") as caught:
        read_tables(source, tmp_path / "work")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "work").exists()


def test_a_failing_table_leaves_the_working_folder_as_it_was(
    write_source: WriteSource, claims: Claims, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    before = read_tables(write_source(), work).hashes
    with pytest.raises(DataContractError, match="setting: allowed values"):
        read_tables(
            write_source(person="person_id,birth_date\nP1,1951-01-01\n", medical_claim=claims({"setting": "?"})), work
        )
    assert {name: hash_file(work / f"{name}.parquet") for name in before} == before
    assert _files(work) == ["medical_claim.parquet", "person.parquet"]


def test_quarantine_keeps_every_bad_row_and_the_rows_of_a_member_set_aside(
    write_source: WriteSource, claims: Claims, tmp_path: Path
) -> None:
    person = "person_id,birth_date,sex\nP1,1950-06-01,female\nP2,1960-01-31,unknown\n"
    source = write_source(person=person, medical_claim=claims({}, {"person_id": "P2"}, {"allowed_amount": "-1"}))
    tables = read_tables(source, tmp_path / "work", on_bad_rows="quarantine")
    assert _files(tmp_path / "work") == [
        "medical_claim.parquet",
        "person.parquet",
        "quarantine/medical_claim.parquet",
        "quarantine/person.parquet",
    ]
    assert tables.frame("medical_claim")["claim_id"].tolist() == ["C1"]
    aside = pd.read_parquet(tmp_path / "work" / "quarantine" / "medical_claim.parquet")
    assert dict(zip(aside["claim_id"], aside["reason"], strict=True)) == {
        "C2": "person_id: known",
        "C3": "allowed_amount: not negative",
    }
    assert (tables.quality.rows_in, tables.quality.rows_accepted, tables.quality.rows_quarantined) == (5, 2, 3)


def test_the_quarantine_of_an_earlier_reading_does_not_outlive_it(
    write_source: WriteSource, claims: Claims, tmp_path: Path
) -> None:
    bad = write_source(medical_claim=claims({"allowed_amount": "-1"}, {}))
    read_tables(bad, tmp_path / "work", on_bad_rows="quarantine")
    read_tables(write_source(), tmp_path / "work", on_bad_rows="quarantine")
    assert _files(tmp_path / "work") == ["medical_claim.parquet", "person.parquet"]


def test_empty_text_is_missing_in_parquet_as_in_csv(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    pd.DataFrame({"person_id": ["P1"], "birth_date": ["1950-01-01"], "sex": [""], "death_date": [""]}).to_parquet(
        source / "person.parquet"
    )
    frame = read_tables(source, tmp_path / "work").frame("person")
    assert frame[["sex", "death_date"]].isna().all(axis=None)


def test_an_end_without_end_survives(write_source: WriteSource, tmp_path: Path) -> None:
    spans = "person_id,start_date,end_date\nP1,2020-01-01,9999-12-31\n"
    frame = read_tables(write_source(enrollment=spans), tmp_path / "work").frame("enrollment")
    assert frame.loc[0, "end_date"] == pd.Timestamp("9999-12-31")


def test_the_source_is_never_the_working_folder(write_source: WriteSource, tmp_path: Path) -> None:
    source = write_source()
    with pytest.raises(DataContractError, match="source and working folder are one"):
        read_tables(source, tmp_path / "source" / ".." / "source")


def test_two_files_of_one_table_and_a_folder_that_is_none_are_refused(
    write_source: WriteSource, tmp_path: Path
) -> None:
    source = write_source()
    (source / "person.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataContractError, match=r"both person.parquet and person.csv are there"):
        read_tables(source, tmp_path / "work")
    with pytest.raises(DataContractError, match="no such folder"):
        read_tables(tmp_path / "nowhere", tmp_path / "work")


def test_progress_counts_the_tables(write_source: WriteSource, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    read_tables(write_source(), tmp_path / "work", progress=lambda *step: seen.append(step))
    assert seen == [("person", 0, 2), ("medical_claim", 1, 2)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tables: {**tables, "claims": tables["person"]}, "claims: not a canonical table. Use one of person"),
        (lambda tables: {"person": tables["person"].drop(columns="birth_date")}, "person: column 'birth_date' is miss"),
        (lambda tables: {"person": tables["person"].assign(shoe_size=38)}, "column 'shoe_size' is not of this table"),
        (lambda tables: {"person": tables["person"].assign(sex="x")}, "rows break 'sex: allowed values'"),
        (lambda tables: {**tables, "person": tables["person"].iloc[:1]}, "rows break 'person_id: known'"),
        (lambda tables: {"person": pd.DataFrame()}, "person: column 'person_id' is missing; found none"),
    ],
    ids=["table", "column", "stranger", "value", "orphan", "nothing"],
)
def test_frames_that_break_their_contract_are_not_written(
    members: dict[str, pd.DataFrame],
    tmp_path: Path,
    change: Callable[[dict[str, pd.DataFrame]], dict[str, pd.DataFrame]],
    message: str,
) -> None:
    with pytest.raises(DataContractError, match=message):
        write_tables(change(members), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_frames_without_rows_can_be_written(members: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    empty = pd.DataFrame(columns=TABLES["lab_result"].column_names)
    tables = read_tables(
        write_tables({"person": members["person"], "lab_result": empty}, tmp_path / "out"), tmp_path / "work"
    )
    assert tables.frame("lab_result").empty


def test_conform_adds_what_is_absent_and_changes_nothing_given() -> None:
    given = pd.DataFrame({"person_id": ["P1"], "start_date": ["2020-01-01"], "end_date": ["2021-01-01"]}, index=[7])
    frame = conform(given, TABLES["enrollment"])
    assert frame.index.tolist() == [0]
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "person_id": "str",
        "start_date": "datetime64[us]",
        "end_date": "datetime64[us]",
        "team_id": "str",
        "institution_id": "str",
        "institution_level": "Int64",
    }
    assert given.columns.tolist() == ["person_id", "start_date", "end_date"]


def test_frames_of_a_set_are_read_from_its_paths(tmp_path: Path) -> None:
    pd.DataFrame({"person_id": ["P1"], "birth_date": pd.to_datetime(["1950-01-01"])}).to_parquet(tmp_path / "p.parquet")
    tables = Tables({"person": tmp_path / "p.parquet"}, QualityReport(), {})
    assert tables.frame("person")["birth_date"].tolist() == [pd.Timestamp("1950-01-01")]

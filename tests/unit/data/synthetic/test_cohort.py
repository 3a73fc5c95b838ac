from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data import io
from riskkit.data.schemas import TABLES
from riskkit.data.synthetic import SyntheticCohort, make_cohort, write_cohort
from riskkit.data.synthetic import cohort as cohort_module
from riskkit.errors import DataContractError

SIZE, YEARS, SEED = 600, 3, 11


@pytest.fixture(scope="module")
def cohort() -> SyntheticCohort:
    return make_cohort(SIZE, YEARS, SEED)


def test_the_same_seed_gives_the_same_rows(cohort: SyntheticCohort) -> None:
    again = make_cohort(SIZE, YEARS, SEED)
    for name, frame in cohort.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])
    pd.testing.assert_frame_equal(cohort.truth, again.truth)


def test_another_seed_gives_other_rows(cohort: SyntheticCohort) -> None:
    other = make_cohort(SIZE, YEARS, SEED + 1)
    assert not cohort.tables["person"]["birth_date"].equals(other.tables["person"]["birth_date"])


def test_written_rows_are_the_made_rows_and_keep_the_contract(cohort: SyntheticCohort, tmp_path: Path) -> None:
    write_cohort(tmp_path / "book", SIZE, YEARS, SEED)
    tables = io.read_tables(tmp_path / "book", tmp_path / "work")
    for name, frame in cohort.tables.items():
        key = list(TABLES[name].key)
        made = frame.sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(tables.frame(name).sort_values(key, ignore_index=True), made)
    assert len(pd.read_parquet(tmp_path / "book" / "truth.parquet")) == len(cohort.truth)


def test_nothing_is_dated_after_death_or_after_the_last_year(cohort: SyntheticCohort) -> None:
    death = cohort.tables["person"].set_index("person_id")["death_date"]
    last = pd.Timestamp(2020 + YEARS - 1, 12, 31)
    for name, date in (
        ("medical_claim", "end_date"),
        ("diagnosis", "date"),
        ("procedure", "date"),
        ("pharmacy_claim", "fill_date"),
        ("lab_result", "date"),
        ("care_event", "date"),
    ):
        frame = cohort.tables[name]
        died = frame["person_id"].map(death)
        assert (died.isna() | (frame[date] <= died)).all(), name
        assert frame[date].max() <= last, name
        assert frame["available_date"].max() <= last + pd.Timedelta(days=90), name


def test_keys_are_unique_and_tables_sorted_by_member(cohort: SyntheticCohort) -> None:
    for name, frame in cohort.tables.items():
        assert not frame.duplicated(list(TABLES[name].key)).any(), name
        assert frame["person_id"].is_monotonic_increasing, name


def test_the_truth_has_a_row_per_member_and_new_year_up_to_the_first_after_the_data(cohort: SyntheticCohort) -> None:
    truth = cohort.truth
    assert not truth.duplicated(["person_id", "index_date"]).any()
    assert truth["index_date"].dt.year.unique().tolist() != []
    assert sorted(truth["index_date"].dt.year.unique()) == [2020, 2021, 2022, 2023]
    assert truth["admission"].between(0, 1).all()
    assert (truth["next_year_cost"] > truth["next_year_medical_cost"]).mean() > 0.9


def test_no_table_holds_the_truth(cohort: SyntheticCohort) -> None:
    assert set(cohort.tables) == set(TABLES) - {"glucose_reading"}


def test_one_person_and_one_year_are_enough() -> None:
    assert len(make_cohort(1, 1, 0).tables["person"]) == 1


def test_progress_is_told_after_each_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskkit.data.synthetic.block.BLOCK_PERSONS", 40)
    told: list[tuple[int, int]] = []
    write_cohort(tmp_path / "book", 100, 1, 0, progress=lambda done, total: told.append((done, total)))
    assert told == [(40, 100), (80, 100), (100, 100)]


def test_a_broken_run_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_block: object) -> None:
        message = "disk full"
        raise OSError(message)

    monkeypatch.setattr(cohort_module, "truth_table", fail)
    with pytest.raises(OSError, match="disk full"):
        write_cohort(tmp_path / "book", 20, 1, 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("sizes", "name"), [((0, 5, 0), "n_persons"), ((10, 0, 0), "years"), ((10, 51, 0), "years"), ((10, 5, -1), "seed")]
)
def test_a_size_out_of_range_is_named(sizes: tuple[int, int, int], name: str) -> None:
    with pytest.raises(DataContractError, match=f"{name} must be from"):
        make_cohort(*sizes)


def test_an_earlier_first_year_moves_every_day_by_whole_leap_cycles(cohort: SyntheticCohort) -> None:
    moved = make_cohort(SIZE, YEARS, SEED, first_year=2016)
    for name, frame in {**cohort.tables, "truth": cohort.truth}.items():
        other = moved.tables[name] if name in moved.tables else moved.truth
        for column in frame:
            if not pd.api.types.is_datetime64_any_dtype(frame[column]):
                pd.testing.assert_series_equal(other[column], frame[column])
                continue
            # 1 January 2020 becomes 1 January 2016: four years are 1,461 days, whichever they are
            assert (frame[column] - other[column]).dropna().eq(pd.Timedelta(days=1461)).all(), (name, column)
            assert other[column].isna().equals(frame[column].isna())
    assert moved.truth["index_date"].min() == pd.Timestamp(2016, 1, 1)


def test_a_first_year_off_the_leap_cycle_is_refused_with_one_that_is_on_it() -> None:
    with pytest.raises(DataContractError, match=r"first_year is 2018, expected 2020 or a multiple of 4 .* Give 2016"):
        make_cohort(10, 2, first_year=2018)

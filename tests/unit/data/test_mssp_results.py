"""Published results are read whatever the year's spelling of columns, amounts and rates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.data.mssp_cells import read_flags, read_numbers, read_rates
from riskkit.data.mssp_results import is_results_file, read_results
from riskkit.errors import DataContractError

HEAD = "ACO_Num,ABtotBnchmk,ABtotExp,BnchmkMinExp,EarnSaveLoss,MinSavPerc"
# The same two contracts in the spellings of five years. 1,000 saved of 10,000; 500 lost of 20,000.
LAYOUTS = {
    "2013 flags track 2 alone": (
        "ACO_Num,ACO_NAME,Start_Date,Track2,N_AB,MinSavPerc,BnchmkMinExp,EarnShrSavings,QualScore,ABtotBnchmk,"
        "ABtotExp,QualPerfShare,FinalShareRate\n"
        'A1,One,4/1/2012,0,"5,000",3.1,"$1,000 ",$245 ,1,"$10,000 ","$9,000 ",0.5,0.5\n'
        'A2,Two,1/1/2013,1,6000,2,"($500)",.,1,"$20,000 ","$20,500 ",0.6,0.6\n'
    ),
    "2014 rates in per cent, shares in fractions": (
        "ACO_Num,ACO_Name,Start_Date,Track1,Track2,N_AB,Sav_rate,MinSavPerc,BnchmkMinExp,GenSaveLoss,EarnSaveLoss,"
        "QualScore,ABtotBnchmk,ABtotExp,QualPerfShare,FinalShareRate\n"
        "A1,One,4/1/2012,1,0,5000,10,3.1,1000,1000,245,P4R,10000,9000,0.5,0.5\n"
        "A2,Two,1/1/2013,0,1,6000,-2.5,2,-500,0,0,0.9,20000,20500,0.6,0.6\n"
    ),
    "2015 per cent signs": (
        "aco_num,aco_name,start_date,TRACK1,TRACK2,n_ab,SAV_RATE,MINSAVPERC,BNCHMKMINEXP,GENSAVELOSS,EARNSAVELOSS,"
        "QUALSCORE,ABTOTBNCHMK,ABTOTEXP,QUALPERFSHARE,FINALSHARERATE\n"
        'A1,One,4/1/2012,1,0,"5,000",10.00%,3.10%,"1,000","1,000",245,98.1%,"10,000","9,000",50.00%,50.00%\n'
        "A2,Two,1/1/2013,0,1,6000,-2.50%,2.00%,-500,0,0,90%,20000,20500,60%,60%\n"
    ),
    "2016 fractions and current tracks": (
        "ACO_Num,ACO_Name,Agree_Type,Initial_Start_Date,Initial_Track_1,Initial_Track_2,Initial_Track_3,"
        "Current_Start_Date,Current_Track_1,Current_Track_2,Current_Track_3,N_AB,Sav_rate,MinSavPerc,BnchmkMinExp,"
        "GenSaveLoss,EarnSaveLoss,Met_QPS,QualScore,ABtotBnchmk,ABtotExp,QualPerfShare,FinalShareRate\n"
        "A1,One,Renewal,04/01/2012,1,0,0,01/01/2016,1,0,0,5000,0.1,0.031,1000,1000,245,1,0.98,10000,9000,0.5,0.5\n"
        "A2,Two,Initial,01/01/2013,1,0,0,01/01/2016,0,1,0,6000,-0.025,0.02,-500,0,0,1,0.9,20000,20500,0.6,0.6\n"
    ),
    "later years name the track": (
        "ACO_ID,ACO_Name,Current_Track,Current_Start_Date,N_AB,Sav_Rate,MinSavPerc,BnchmkMinExp,GenSaveLoss,"
        "EarnSaveLoss,QualScore,ABtotBnchmk,ABtotExp,MaxShareRate,FinalShareRate\n"
        "A1,One,Track 1,2012-04-01,5000,10.0,3.1,1000,1000,245,98,10000,9000,50,50\n"
        "A2,Two,2,2013-01-01,6000,-2.5,2.0,-500,0,0,90,20000,20500,60,60\n"
    ),
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_gives_the_same_contracts(tmp_path: Path, text: str) -> None:
    path = tmp_path / "results.csv"
    path.write_text(text, encoding="utf-8")
    assert is_results_file(path)
    frame = read_results(path).frame
    assert frame["aco_id"].tolist() == ["A1", "A2"]
    assert frame["track"].tolist() == ["1", "2"]
    assert frame["benchmark"].tolist() == [10000, 20000]
    assert frame["expenditure"].tolist() == [9000, 20500]
    assert frame["difference"].tolist() == [1000, -500]
    assert frame["earned"].fillna(0).tolist() == [245, 0]
    assert frame["minimum_rate"].tolist() == pytest.approx([0.031, 0.02])
    assert frame["share_rate"].tolist() == pytest.approx([0.5, 0.6])
    assert frame["lives"].tolist() == [5000, 6000]


def test_the_year_comes_from_the_name_or_from_the_latest_start(tmp_path: Path) -> None:
    for name, year in (("puf_2015.csv", 2015), ("puf.csv", 2013)):
        path = tmp_path / name
        path.write_text(LAYOUTS["2014 rates in per cent, shares in fractions"], encoding="utf-8")
        results = read_results(path)
        assert results.year == year
        # the first performance year of a contract of 2012 ran through 2013, as that of 2013 did
        assert results.frame["agreement_year"].tolist() == [year - 2012, year - 2012]


def test_a_contract_that_changed_its_track_counts_from_its_present_agreement(tmp_path: Path) -> None:
    path = tmp_path / "puf_2016.csv"
    path.write_text(LAYOUTS["2016 fractions and current tracks"], encoding="utf-8")
    # A1 has been in track 1 since 2012: years 2013 to 2016 are its first to fourth; A2 joined track 2 in 2016
    assert read_results(path).frame["agreement_year"].tolist() == [4, 1]


def test_levels_and_models_are_read_from_flags_and_names(tmp_path: Path) -> None:
    head = "ACO_ID,ABtotBnchmk,ABtotExp,BnchmkMinExp,EarnSaveLoss,MinSavPerc,{}\nA1,10,9,1,0,.02,{}\n"
    for column, cell, track in (
        ("Current_BASIC_E", "1", "E"),
        ("Current_ENHANCED", "1", "EN"),
        ("Current_Track_1_Plus", "1", "1+"),
        ("Current_Track_3", "1", "3"),
        ("Current_Track", "BASIC Level B", "B"),
        ("Current_Track", "Track 1+", "1+"),
        ("Current_Track", "EN", "EN"),
        ("Track", "1.0", "1"),
    ):
        path = tmp_path / "results.csv"
        path.write_text(head.format(column, cell), encoding="utf-8")
        assert read_results(path).frame["track"].tolist() == [track], (column, cell)


def halves(*cells: str) -> list[float]:
    return [float(half) for half in read_rates(pd.Series(cells), 1.0)[1]]


def test_half_a_unit_of_the_last_printed_place_is_known() -> None:
    assert halves("45.85%", "50%", "44.98%") == pytest.approx([0.00005] * 3)
    assert halves("0.4585", "0.5", "0.4498") == pytest.approx([0.00005] * 3)
    assert halves("45.9", "50", "44.1") == pytest.approx([0.0005] * 3)


@pytest.mark.parametrize("cell", ["0.449800", "44.9800%", "0.449812345678"])
def test_a_padded_or_long_cell_changes_no_other_row(cell: str) -> None:
    assert halves("0.4585", "0.5", cell, "0.4001")[:2] == pytest.approx([0.00005] * 2)


def test_most_cells_decide_whether_a_column_is_in_per_cent() -> None:
    assert read_rates(pd.Series(["0.031", "3.1", "0.02"]), 0.2)[0].tolist() == [0.031, 3.1, 0.02]
    assert read_rates(pd.Series(["3.1", "0.1", "2"]), 0.2)[0].tolist() == pytest.approx([0.031, 0.001, 0.02])


def test_cells_of_every_printing_are_numbers() -> None:
    cells = pd.Series(["$1,234", " (1,234) ", "-5", "\u22125", ".", "", "-", "n/a", "*", "1e3", ".5"])
    expected = [1234, -1234, -5, -5, *[np.nan] * 5, 1000, 0.5]
    assert read_numbers(cells).tolist() == pytest.approx(expected, nan_ok=True)
    assert read_flags(pd.Series(["1", "0", "Y", "", "1.0", "no"])).tolist() == [True, False, True, False, True, False]


@pytest.mark.parametrize("word", ["\u2013", "\u2014", "#N/A", "Suppressed", "not applicable", "$ -", "**"])
def test_a_dash_or_a_word_for_a_cell_that_is_not_published_is_missing(word: str) -> None:
    assert np.isnan(read_numbers(pd.Series([word]))).all()


@pytest.mark.parametrize("cell", ["(1,234", "1,234)", "(1234).00", "1,234-", "<11"])
def test_a_bracket_that_is_not_closed_is_no_sign_and_named(cell: str) -> None:
    with pytest.raises(DataContractError, match="expected a number"):
        read_numbers(pd.Series([cell], name="BnchmkMinExp"))


@pytest.mark.parametrize(
    ("name", "track"),
    [
        *(("SSP Track 1", "1"), ("MSSP Track One", "1"), ("2.0", "2"), ("Track Three", "3"), ("Track 1 Plus", "1+")),
        *(("Track 1+ Model", "1+"), ("BASIC Track - Level E", "E"), ("Level a", "A"), ("ENHANCED track", "EN")),
    ],
)
def test_a_track_is_known_by_each_of_its_names(tmp_path: Path, name: str, track: str) -> None:
    path = tmp_path / "results.csv"
    path.write_text(f"{HEAD},Current_Track\nA1,1,1,0,0,.02,{name}\n", encoding="utf-8")
    assert read_results(path).frame["track"].tolist() == [track]


def test_a_word_in_an_amount_is_named() -> None:
    with pytest.raises(DataContractError, match="row 3: ABtotExp holds 'many', expected a number"):
        read_numbers(pd.Series(["1", "many"], name="ABtotExp"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{HEAD},Track1\n", "no row with an ACO_Num"),
        (f"{HEAD}\nA1,1,1,0,0,.02\n", "no column of tracks"),
        *(
            (f"{HEAD},Track1\nA1,1,1,0,0,.02,1\n".replace(name, "Other"), f"no column for .*{name} in any case.*2 more")
            for name in ("ABtotBnchmk", "BnchmkMinExp", "EarnSaveLoss", "MinSavPerc")
        ),
        ("", "not readable as CSV"),
    ],
)
def test_a_file_without_a_needed_column_is_refused(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / "results.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataContractError, match=found):
        read_results(path)


def test_contracts_of_our_own_are_no_results_file(tmp_path: Path) -> None:
    path = tmp_path / "contracts.csv"
    path.write_text("team_id,prepaid_amount,actual_amount\nT1,10,9\n", encoding="utf-8")
    assert not is_results_file(path)


def test_a_results_file_that_lacks_its_benchmark_is_still_one(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(f"{HEAD},Track1\n".replace("ABtotBnchmk,", ""), encoding="utf-8")
    assert is_results_file(path)


def test_rows_without_an_identifier_are_told_and_rows_without_a_flag_have_no_track(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    rows = "A1,One,10,9,1,0,.02,0,1\n,Two,10,9,1,0,.02,1,0\nA3,Three,10,9,1,0,.02,0,0\n,,,,,,,,\n"
    head = HEAD.replace("ACO_Num", "ACO_Num,ACO_Name")
    path.write_text(f"{head},Track1,Track2\n{rows}", encoding="utf-8")
    results = read_results(path)
    assert results.nameless == ((3, "Two"),)
    assert results.frame["track"].tolist() == ["2", ""]


def test_a_comma_at_the_end_of_each_row_changes_nothing_and_a_cell_too_many_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(f"{HEAD},Track1\nA1,10000,9000,1000,490,2,1,\nA2,10000,9000,1000,490,2,1,\n", encoding="utf-8")
    assert read_results(path).frame["benchmark"].tolist() == [10000, 10000]
    path.write_text(f"{HEAD},Track1\nA1,10000,9000,1000,490,2,1\nA2,10,000,9000,1000,490,2,1\n", encoding="utf-8")
    with pytest.raises(DataContractError, match="row 3 has 8 cells, the header 7"):
        read_results(path)

"""The settlement list adapter on files that these tests make, in both encodings, and on real insurance codes."""

from __future__ import annotations

import csv
import random
import sqlite3
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.mapping import MAPPINGS
from riskkit.data.adapters.report import AdapterReport
from riskkit.data.adapters.settlement_layout import FILES
from riskkit.data.adapters.settlement_list import convert_settlement_list
from riskkit.data.codes import match_prefixes, read_code_list
from riskkit.data.measures import MEASURES
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError
from riskkit.workflow.source import open_source

ROOT = Path(__file__).parents[4]
CODES = ROOT.parent / "shared" / "data" / "chs_drg" / "CHS-DRG.frontend.db"
PAGE = ROOT / "docs" / "adapters" / "settlement_list.md"
Row = dict[str, str]

STAY: Row = {
    "结算流水号": "S1",
    "人员编号": "P1",
    "性别": "2",
    "出生日期": "19600505",
    "险种类型": "310",
    "参保地": "310100",
    "医疗机构编码": "H31",
    "医疗机构等级": "三级甲等",
    "科别": "A03.07",
    "医疗类别": "21",
    "入院途径": "2",
    "入院日期": "20230301",
    "出院日期": "20230310",
    "结算日期": "20230312",
    "离院方式": "1",
    "主要诊断编码": "E11.900x001",
    "主要诊断名称": "2型糖尿病，无并发症",
    "其他诊断编码1": "E11.201+N08.3*",
    "总金额": "10000.00",
    "统筹基金支付": "7000.00",
    "大病保险支付": "500.00",
    "个人账户支付": "1000.00",
    "个人现金支付": "1500.00",
    "冲正标志": "0",
    "原结算流水号": "",
}
SPELL: Row = {
    "人员编号": "P1",
    "性别": "2",
    "出生日期": "19600505",
    "险种类型": "310",
    "参保地": "310100",
    "参保开始日期": "20230101",
    "参保结束日期": "20231231",
}


class Lists:
    """A folder of settlement files; each call adds or replaces one."""

    def __init__(self, folder: Path, encoding: str = "gbk") -> None:
        self.folder = folder
        self.encoding = encoding
        self.target = folder.parent / f"canonical-{folder.name}"

    def write(self, name: str, *rows: Row) -> Path:
        names = list(dict.fromkeys(key for row in rows for key in row))
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{name}.csv"
        with file.open("w", newline="", encoding=self.encoding) as text:
            writer = csv.DictWriter(text, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return file

    def settle(self, *rows: Row) -> Path:
        return self.write("结算清单", *[STAY | row for row in rows])

    def convert(self) -> AdapterReport:
        return convert_settlement_list(self.folder, self.target)

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.target / f"{name}.parquet")


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    """One stay of one woman."""
    made = Lists(tmp_path / "lists")
    made.settle({})
    return made


def counts(report: AdapterReport) -> dict[str, int]:
    return {item.what: item.count for item in report.unmapped if item.count}


def pairs(frame: pd.DataFrame, *names: str) -> list[tuple[object, ...]]:
    held = frame[[*names]].astype("object")
    return list(held.where(held.notna(), None).itertuples(index=False, name=None))


def test_a_stay_becomes_a_claim_with_what_funds_and_member_paid(lists: Lists) -> None:
    report = lists.convert()
    claim = lists.table("medical_claim").iloc[0]
    # 7000 of the pool + 500 of the critical illness fund; 1000 of the account + 1500 in cash; together 10000.
    assert claim[["allowed_amount", "paid_amount", "member_amount"]].tolist() == [10000, 7500, 2500]
    assert claim[["start_date", "end_date", "available_date"]].tolist() == [
        date(2023, 3, 1),
        date(2023, 3, 10),
        date(2023, 3, 12),
    ]
    assert claim[["setting", "facility_level", "specialty", "admission_source", "discharge_status"]].tolist() == [
        "inpatient",
        3,
        "endocrinology",
        "referral",
        "home",
    ]
    assert claim["adjustment"] == "original"
    assert (report.reconciliation["settlements"], report.reconciliation["ties"]) == (1, 1)


def test_own_payment_in_one_is_not_added_to_its_parts_and_blank_is_not_zero(lists: Lists) -> None:
    blank = dict.fromkeys(("统筹基金支付", "大病保险支付", "个人账户支付", "个人现金支付"), "")
    lists.settle({"个人支付": "2500.00"}, {"结算流水号": "S2", **blank})
    lists.convert()
    assert pairs(lists.table("medical_claim"), "paid_amount", "member_amount") == [(7500, 2500), (None, None)]


def test_the_person_is_what_the_list_says(lists: Lists) -> None:
    lists.convert()
    person = lists.table("person").iloc[0]
    assert person[["person_id", "birth_date", "sex", "region", "insurance_type"]].tolist() == [
        "P1",
        date(1960, 5, 5),
        "female",
        "310100",
        "employee",
    ]


def test_codes_are_kept_as_they_are_spelt_at_their_position(lists: Lists) -> None:
    lists.encoding = "gb18030"
    lists.settle({"主要诊断编码": " Ｅ11.2†N08.3* ", "其他诊断编码1": "", "其他诊断编码15": "I10.x00x002"})
    lists.write(
        "诊断明细",
        {"结算流水号": "S1", "诊断序号": "1", "诊断编码": "I10.x00x002"},
        {"结算流水号": "S1", "诊断序号": "2", "诊断编码": "E78.500"},
    )
    report = lists.convert()
    rows = lists.table("diagnosis")
    assert pairs(rows, "record_id", "position", "code") == [
        ("S1", 1, "E11.2†N08.3*"),
        ("S1", 16, "I10.x00x002"),
        ("S1", 18, "E78.500"),
    ]
    assert set(rows["source"]) == {"inpatient"}
    assert set(rows["vocabulary"]) == {"who_cn"}
    assert counts(report)["diagnosis: a code that the settlement has already"] == 1


def test_the_kind_of_care_is_the_setting(lists: Lists) -> None:
    settings = {"11": "outpatient", "13": "emergency", "14": "chronic_clinic", "24": "inpatient", "41": "outpatient"}
    lists.settle(*[{"结算流水号": kind, "医疗类别": kind} for kind in settings])
    lists.convert()
    assert dict(pairs(lists.table("medical_claim"), "claim_id", "setting")) == settings


def test_an_outpatient_without_an_end_leaves_on_the_day(lists: Lists) -> None:
    lists.settle({"医疗类别": "14", "出院日期": "", "结算日期": "20230301"})
    lists.convert()
    row = lists.table("medical_claim").iloc[0]
    assert (row["end_date"], row["available_date"]) == (date(2023, 3, 1), date(2023, 3, 1))


@pytest.mark.parametrize("amounts", [1, -1], ids=["flag", "negative"])
def test_a_reversal_takes_its_settlement_back_on_its_days(lists: Lists, amounts: int) -> None:
    money = {"总金额": 10000, "统筹基金支付": 7000, "大病保险支付": 500, "个人账户支付": 1000, "个人现金支付": 1500}
    flag = {"冲正标志": "1"} if amounts > 0 else {"冲正标志": "0"}
    taken = {name: str(amounts * value) for name, value in money.items()} | flag
    later = {"入院日期": "20230401", "出院日期": "20230401", "结算日期": "20230402"}
    lists.settle({}, {"结算流水号": "S2", "原结算流水号": "S1", **taken, **later})
    report = lists.convert()
    claims = lists.table("medical_claim")
    assert pairs(claims, "claim_id", "adjustment", "allowed_amount", "paid_amount", "member_amount") == [
        ("S1", "original", 10000, 7500, 2500),
        ("S2", "reversal", -10000, -7500, -2500),
    ]
    assert pairs(claims, "start_date", "end_date")[0] == pairs(claims, "start_date", "end_date")[1]
    assert claims["available_date"].tolist() == [date(2023, 3, 12), date(2023, 4, 2)]
    assert counts(report).get("reversals written with amounts above 0", 0) == (amounts > 0)
    assert report.reconciliation["total_after_reversals"] == 0
    # The diagnoses are those of the settlement that is taken back: no second row.
    assert set(lists.table("diagnosis")["record_id"]) == {"S1"}


def test_a_settlement_in_place_of_another_is_a_replacement(lists: Lists) -> None:
    lists.settle(
        {}, {"结算流水号": "S2", "原结算流水号": "S1", "冲正标志": "是"}, {"结算流水号": "S3", "原结算流水号": "S1"}
    )
    lists.convert()
    assert lists.table("medical_claim")["adjustment"].tolist() == ["original", "reversal", "replacement"]


def test_a_reversal_of_nothing_in_the_extract_is_counted(lists: Lists) -> None:
    lists.settle({}, {"结算流水号": "S2", "原结算流水号": "S0", "冲正标志": "1"})
    assert counts(lists.convert())["reversals whose settlement is not in the extract"] == 1


BROKEN: list[tuple[Row, str]] = [
    ({"结算流水号": ""}, "结算流水号: no value"),
    ({"入院日期": "20230230"}, "入院日期: not a date as YYYYMMDD"),
    ({"入院日期": "2023-03-01"}, "入院日期: not a date as YYYYMMDD"),
    ({"总金额": "一万"}, "总金额: not an amount"),
    ({"医疗类别": "77"}, "医疗类别: not in the list"),
    ({"出院日期": ""}, "出院日期: none for a stay"),
    ({"出院日期": "20230228"}, "出院日期: before 入院日期"),
    ({"出院日期": "20990101"}, "出院日期: in the future"),
    ({"冲正标志": "?"}, "冲正标志: not in the list"),
    ({"个人现金支付": "-1"}, "a negative part of a settlement that is no reversal"),
    ({"人员编号": "P2", "出生日期": ""}, "出生日期: in no row of the person"),
    ({"人员编号": "P3", "出生日期": "20230302"}, "出生日期: after 入院日期"),
    ({"结算流水号": "S1"}, "the same row again"),
]


def test_a_row_that_cannot_be_read_is_set_aside_with_its_reason(lists: Lists) -> None:
    lists.settle({}, *[{"结算流水号": f"B{number}", **row} for number, (row, _) in enumerate(BROKEN)])
    report = lists.convert()
    aside = lists.table("quarantine/medical_claim")
    assert Counter(aside["reason"]) == Counter(reason for _, reason in BROKEN)
    assert all(counts(report)[f"medical_claim: {reason}"] for _, reason in BROKEN)
    # In the row's own columns, as it stood.
    assert set(aside.loc[aside["reason"].str.startswith("总金额"), "总金额"]) == {"一万"}
    assert lists.table("medical_claim")["claim_id"].tolist() == ["S1"]
    assert set(lists.table("diagnosis")["record_id"]) == {"S1"}


def test_rows_of_one_number_that_differ_are_all_set_aside(lists: Lists) -> None:
    lists.settle({}, {"结算流水号": "S2"}, {"结算流水号": "S2", "总金额": "9000.00"})
    report = lists.convert()
    assert counts(report)["medical_claim: 结算流水号: several rows that differ"] == 2


def test_a_word_outside_the_list_is_left_empty_and_counted_by_name(lists: Lists) -> None:
    lists.settle({"离院方式": "7", "险种类型": "888", "科别": "Z99", "医疗机构等级": "特级"})
    report = lists.convert()
    found = counts(report)
    assert [found[what] for what in ("离院方式 7", "险种类型 888", "科别 Z99", "医疗机构等级 特级")] == [1, 1, 1, 1]
    assert lists.table("medical_claim")["discharge_status"].isna().all()
    assert lists.table("person")["insurance_type"].isna().all()


def test_headers_may_bear_other_usual_names_and_strange_columns_are_counted(lists: Lists) -> None:
    names = {"结算流水号": "结算ID", "医疗机构编码": "定点医药机构编号", "总金额": "医疗费总额"}
    lists.write("结算清单", {names.get(name, name): value for name, value in STAY.items()} | {"姓名": "张三"})
    report = lists.convert()
    assert lists.table("medical_claim")["claim_id"].tolist() == ["S1"]
    assert counts(report)["结算清单.姓名"] == 1
    assert not any("张三" in file.read_bytes().decode("utf-8", "ignore") for file in lists.target.rglob("*.parquet"))


def test_spells_that_touch_are_one_and_an_open_one_ends_with_the_extract(lists: Lists) -> None:
    lists.write(
        "参保信息",
        SPELL | {"参保开始日期": "20220101", "参保结束日期": "20221231", "签约团队编码": "T1"},
        SPELL | {"参保开始日期": "20230101", "参保结束日期": "20230630", "签约团队编码": "T1"},
        SPELL | {"参保开始日期": "20230701", "参保结束日期": "", "签约团队编码": "T2", "签约机构等级": "一级"},
        SPELL | {"人员编号": "P9", "性别": "男", "死亡日期": "20230401"},
    )
    lists.convert()
    # The last settlement is of 2023, so what is open ends with it; P9 is enrolled up to the day after death.
    assert pairs(lists.table("enrollment"), "person_id", "start_date", "end_date", "team_id") == [
        ("P1", date(2022, 1, 1), date(2023, 7, 1), "T1"),
        ("P1", date(2023, 7, 1), date(2024, 1, 1), "T2"),
        ("P9", date(2023, 1, 1), date(2023, 4, 2), None),
    ]
    people = lists.table("person").set_index("person_id")
    assert people.loc["P9", ["sex", "death_date"]].tolist() == ["male", date(2023, 4, 1)]


def test_a_later_team_ends_the_spell_of_an_earlier_one(lists: Lists) -> None:
    lists.write(
        "参保信息",
        SPELL | {"签约团队编码": "T1"},
        SPELL | {"参保开始日期": "20230401", "签约团队编码": "T2"},
        SPELL | {"人员编号": "P9", "参保开始日期": "20230401", "死亡日期": "20230331"},
    )
    found = counts(lists.convert())
    assert pairs(lists.table("enrollment"), "start_date", "end_date", "team_id") == [
        (date(2023, 1, 1), date(2023, 4, 1), "T1"),
        (date(2023, 4, 1), date(2024, 1, 1), "T2"),
    ]
    assert found["spells cut short by a later spell of another team"] == 1
    assert found["enrollment: 死亡日期: before 参保开始日期"] == 1


def test_an_end_in_another_age_is_an_open_spell(lists: Lists) -> None:
    lists.write("参保信息", SPELL | {"参保结束日期": "99991231"})
    lists.convert()
    assert lists.table("enrollment")["end_date"].tolist() == [date(2024, 1, 1)]


def test_a_birth_date_that_only_another_row_states_is_used(lists: Lists) -> None:
    lists.settle({"出生日期": ""}, {"结算流水号": "S2", "医疗类别": "77"})
    lists.convert()
    assert pairs(lists.table("person"), "person_id", "birth_date") == [("P1", date(1960, 5, 5))]


def test_without_an_enrolment_file_the_years_of_the_settlements_stand(lists: Lists) -> None:
    lists.settle({}, {"结算流水号": "S2", "入院日期": "20241201", "出院日期": "20241203", "结算日期": "20241203"})
    lists.convert()
    assert pairs(lists.table("enrollment"), "start_date", "end_date") == [(date(2023, 1, 1), date(2025, 1, 1))]


def test_a_discharge_as_died_is_the_death_unless_it_was_taken_back(lists: Lists) -> None:
    other = {"人员编号": "P2", "离院方式": "5"}
    lists.settle(
        {"离院方式": "5"},
        other | {"结算流水号": "S2"},
        other | {"结算流水号": "S3", "冲正标志": "1", "原结算流水号": "S2"},
    )
    lists.convert()
    deaths = lists.table("person").set_index("person_id")["death_date"]
    assert deaths["P1"] == date(2023, 3, 10)
    assert pd.isna(deaths["P2"])


LINE: Row = {
    "明细流水号": "L1",
    "结算流水号": "S1",
    "处方日期": "20230302",
    "药品编码": "",
    "数量": "60",
    "用药天数": "30",
}


# Two drugs in one tablet: the name decides nothing, the national code gives the class.
NAMED: list[tuple[Row, str | None]] = [
    ({"药品名称": "盐酸二甲双胍缓释片"}, "A10BA02"),
    ({"药品名称": "门冬胰岛素30注射液"}, "A10AD05"),
    ({"药品名称": "门冬胰岛素注射液"}, "A10AB05"),
    ({"药品名称": "吡格列酮二甲双胍片", "药品编码": "XA10BDX001A001010100001"}, "A10BD"),
    ({"药品名称": "参芪降糖颗粒", "药品编码": "ZA12HAS0001"}, None),
    ({"药品名称": "某药", "ATC编码": "C09CA03"}, "C09CA03"),
]


def test_drugs_find_their_atc_code(lists: Lists) -> None:
    lists.write("处方明细", *[LINE | drug | {"明细流水号": f"L{number}"} for number, (drug, _) in enumerate(NAMED)])
    report = lists.convert()
    rows = lists.table("pharmacy_claim")
    assert [atc for (atc,) in pairs(rows, "atc_code")] == [atc for _, atc in NAMED]
    assert counts(report)["药品名称 参芪降糖颗粒"] == 1
    assert pairs(rows, "fill_date", "available_date")[0] == (date(2023, 3, 2), date(2023, 3, 12))
    assert pairs(rows, "days_supply", "quantity")[0] == (30, 60)
    # The money of a line is in the settlement's total.
    assert rows["allowed_amount"].isna().all()


def test_drug_lines_that_are_no_fill_are_set_aside(lists: Lists) -> None:
    lists.settle({}, {"结算流水号": "S2", "冲正标志": "1", "原结算流水号": "S1"})
    line = LINE | {"药品名称": "阿卡波糖片"}
    lists.write(
        "处方明细",
        line,
        line | {"明细流水号": "L2", "数量": "-60"},
        line | {"明细流水号": "L3", "结算流水号": "S2"},
        line | {"明细流水号": "L4", "结算流水号": "S9"},
        line | {"明细流水号": "L5", "用药天数": "一个月"},
        line,
    )
    report = lists.convert()
    assert lists.table("pharmacy_claim")["claim_id"].tolist() == ["L1"]
    assert Counter(lists.table("quarantine/pharmacy_claim")["reason"]) == {
        "数量: below 0, a return; the line that it takes back stays": 1,
        "a line of a reversal; the line that it takes back stays": 1,
        "结算流水号: no readable settlement": 1,
        "用药天数: not a whole number": 1,
        "明细流水号: a second time": 1,
    }
    assert report.rows_in["处方明细.csv"] == 6


RESULT: Row = {"检验流水号": "R1", "人员编号": "P1", "检验日期": "20230302", "报告日期": "20230304"}


def test_results_keep_the_unit_of_the_laboratory(lists: Lists) -> None:
    stated = [
        ("糖化血红蛋白", "７．５", "％", ("hba1c", 7.5, "%")),
        ("空腹血糖", "7.8", "mmol/L", ("glucose", 7.8, "mmol/L")),
        ("肌酐", "88.4", "μmol/L", ("creatinine", 88.4, "umol/L")),
        ("LDL-C", "2.6", "mmol/l", ("ldl", 2.6, "mmol/L")),
        ("eGFR", "90", "ml/min/1.73m2", ("egfr", 90.0, "mL/min/1.73m2")),
    ]
    lists.write(
        "检验结果",
        *[
            RESULT | {"检验流水号": f"R{number}", "检验项目": item, "结果": value, "单位": unit}
            for number, (item, value, unit, _) in enumerate(stated)
        ],
    )
    lists.convert()
    rows = lists.table("lab_result")
    assert pairs(rows, "analyte", "value", "unit") == [expected for *_, expected in stated]
    assert set(pairs(rows, "date", "available_date")) == {(date(2023, 3, 2), date(2023, 3, 4))}


def test_results_that_cannot_be_used_are_set_aside_and_named(lists: Lists) -> None:
    lists.write(
        "检验结果",
        RESULT | {"检验项目": "铁蛋白", "结果": "20", "单位": "ug/L"},
        RESULT | {"检验流水号": "R2", "检验项目": "肌酐", "结果": "<20", "单位": "umol/L"},
        RESULT | {"检验流水号": "R3", "检验项目": "肌酐", "结果": "88", "单位": "%"},
        RESULT | {"检验流水号": "R5", "检验项目": "糖化血红蛋白", "结果": "75", "单位": "%"},
        RESULT | {"检验流水号": "R4", "人员编号": "P9", "检验项目": "肌酐", "结果": "88", "单位": "umol/L"},
    )
    found = counts(lists.convert())
    assert (found["检验项目 铁蛋白"], found["检验项目 肌酐 in %"]) == (1, 1)
    assert found["lab_result: 结果: not plausible in its unit"] == 1
    assert len(lists.table("lab_result")) == 0
    assert len(lists.table("quarantine/lab_result")) == 5


def test_operations_are_dated_within_the_stay(lists: Lists) -> None:
    lists.settle(
        {"主要手术操作编码": "39.9500", "其他手术操作编码1": "88.5500x001", "手术操作日期": "20230305"},
        {"结算流水号": "S2", "主要手术操作编码": "39.9500", "手术操作日期": "20240305"},
    )
    lists.convert()
    assert pairs(lists.table("procedure"), "claim_id", "position", "code", "date") == [
        ("S1", 1, "39.9500", date(2023, 3, 5)),
        ("S1", 2, "88.5500x001", date(2023, 3, 5)),
        ("S2", 1, "39.9500", date(2023, 3, 10)),
    ]


def test_a_list_in_parts_is_one_list(lists: Lists) -> None:
    lists.write("结算清单_2024", {**STAY, "结算流水号": "S2", "DRG编码": "KS13"})
    report = lists.convert()
    assert report.rows_in == {"结算清单.csv": 1, "结算清单_2024.csv": 1}
    assert lists.table("medical_claim")["claim_id"].tolist() == ["S1", "S2"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("人员编号\nP1\n".encode("gbk"), "结算清单.csv: found no column '结算流水号' among 1 (人员编号, ...)"),
        (b"", "结算清单.csv: found no header"),
        (",".join(STAY).encode("gbk") + b"\n", "结算清单.csv: found a header and no rows"),
        (",".join(STAY).encode("gbk") + b"\nS1,P1\n", "结算清单.csv: cannot be read ("),
        (",".join(STAY).encode("gbk") + "\n糖\n".encode(), "line 2 (byte"),
    ],
    ids=["no-column", "empty", "no-rows", "ragged", "mixed"],
)
def test_a_broken_file_is_one_clear_line(lists: Lists, content: bytes, problem: str) -> None:
    (lists.folder / "结算清单.csv").write_bytes(content)
    with pytest.raises(DataContractError) as error:
        lists.convert()
    assert problem in str(error.value)
    assert "\n" not in str(error.value)
    assert not lists.target.exists()


def test_a_list_without_one_readable_row_is_refused(lists: Lists) -> None:
    lists.settle({"医疗类别": "77"}, {"结算流水号": "S2", "医疗类别": "78"})
    with pytest.raises(DataContractError, match=r"no row that can be read \(2 of them: 医疗类别: not in the list\)"):
        lists.convert()


def test_every_reason_of_an_unreadable_list_is_named_with_its_count(lists: Lists) -> None:
    lists.settle({"医疗类别": "77"}, {"结算流水号": "S2", "医疗类别": "78"}, {"结算流水号": "S3", "结算日期": "2023"})
    reasons = r"\(2 of them: 医疗类别: not in the list; 1 of them: 结算日期: not .*\), expected"
    with pytest.raises(DataContractError, match=reasons):
        lists.convert()


def test_a_folder_without_the_list_says_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"no file named 结算清单\.csv; found nothing"):
        convert_settlement_list(tmp_path, tmp_path / "out")
    with pytest.raises(DataContractError, match="no such folder"):
        convert_settlement_list(tmp_path / "absent", tmp_path / "out")


def make_year(seed: int, codes: list[tuple[str, str]]) -> dict[str, list[Row]]:
    """A year of settlements of 60 members, with real codes and names, corrections and broken rows."""
    dice = random.Random(seed)  # noqa: S311 - a fixed draw for a test
    settlements: list[Row] = []
    drugs: list[Row] = []
    results: list[Row] = []
    members = [
        {
            "人员编号": f"P{number:03}",
            "性别": dice.choice(["1", "2"]),
            "出生日期": f"{dice.randint(1935, 1999)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}",
            "险种类型": dice.choice(["310", "390"]),
            "参保地": "310100",
            "参保开始日期": "20230101",
            "参保结束日期": dice.choice(["", "20231231"]),
        }
        for number in range(60)
    ]
    for number in range(400):
        member = dice.choice(members)
        start = date(2023, 1, 1) + timedelta(days=dice.randint(0, 330))
        stays = dice.random() < 0.3
        end = start + timedelta(days=dice.randint(1, 14) if stays else 0)
        cents = dice.randint(1000, 900_000)
        fund = cents * 6 // 10
        chosen = dice.sample(codes, 4)
        settlements.append(
            {key: member[key] for key in ("人员编号", "性别", "出生日期", "险种类型", "参保地")}
            | {
                "结算流水号": f"S{number:04}",
                "医疗机构编码": f"H{dice.randint(1, 9)}",
                "医疗类别": "21" if stays else dice.choice(["11", "13", "14"]),
                "入院日期": f"{start:%Y%m%d}",
                "出院日期": f"{end:%Y%m%d}" if stays else "",
                "结算日期": f"{end + timedelta(days=2):%Y%m%d}",
                "主要诊断编码": chosen[0][0],
                "主要诊断名称": chosen[0][1],
                **{f"其他诊断编码{place}": code for place, (code, _) in enumerate(chosen[1:], start=1)},
                "总金额": f"{cents / 100:.2f}",
                "统筹基金支付": f"{fund / 100:.2f}",
                "个人现金支付": f"{(cents - fund) / 100:.2f}",
                "冲正标志": "0",
            }
        )
        drugs.append(
            {"明细流水号": f"L{number}", "结算流水号": f"S{number:04}", "处方日期": f"{start:%Y%m%d}"}
            | {
                "药品名称": dice.choice(["盐酸二甲双胍片", "阿卡波糖片", "参芪降糖颗粒"]),
                "数量": "30",
                "用药天数": "30",
            }
        )
        results.append(
            {"检验流水号": f"R{number}", "人员编号": member["人员编号"], "检验日期": f"{start:%Y%m%d}"}
            | {"检验项目": "糖化血红蛋白", "结果": f"{dice.randint(50, 120) / 10}", "单位": "%"}
        )
    for number in range(0, 400, 20):
        taken = dict(settlements[number])
        taken |= {name: f"-{taken[name]}" for name in ("总金额", "统筹基金支付", "个人现金支付")}
        settlements.append(taken | {"结算流水号": f"Z{number:04}", "冲正标志": "1", "原结算流水号": f"S{number:04}"})
    settlements += [settlements[1] | {"结算流水号": f"B{number}", "入院日期": "20231301"} for number in range(3)]
    return {"结算清单": settlements, "参保信息": members, "处方明细": drugs, "检验结果": results}


@pytest.fixture(scope="module")
def insurance_codes() -> list[tuple[str, str]]:
    if not CODES.is_file():
        pytest.skip("the real data (../shared/data) are not beside the project")
    database = sqlite3.connect(f"file:{CODES}?mode=ro", uri=True)
    held = database.execute("SELECT code, coalesce(min(name), '') FROM drg GROUP BY code ORDER BY code").fetchall()
    database.close()
    return held


def choose(codes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Some hundred diagnoses and all diabetics."""
    diagnoses = [row for row in codes if row[0][0].isalpha()]
    return diagnoses[::40] + [row for row in diagnoses if row[0].startswith(("E10", "E11", "E14"))]


@pytest.mark.shared_data
def test_every_insurance_code_is_written_as_it_is_spelt(tmp_path: Path, insurance_codes: list[tuple[str, str]]) -> None:
    codes = [code for code, _ in insurance_codes]
    diagnoses = [code for code in codes if code[0].isalpha()]
    operations = [code for code in codes if code[0].isdigit()]
    # The 30,501 diagnoses of the shared folder's readme; the other codes are operations.
    assert (len(diagnoses), len(diagnoses) + len(operations)) == (30_501, len(codes))
    lists = Lists(tmp_path / "every", "gb18030")
    lists.settle(
        *[{"结算流水号": code, "主要诊断编码": code, "其他诊断编码1": ""} for code in diagnoses],
        *[{"结算流水号": f"op {code}", "其他诊断编码1": "", "主要手术操作编码": code} for code in operations],
    )
    lists.convert()
    rows = lists.table("diagnosis")
    assert set(pairs(rows[~rows["record_id"].str.startswith("op ")], "record_id", "code")) == {
        (code, code) for code in diagnoses
    }
    assert lists.table("procedure")["code"].tolist() == sorted(operations)
    assert [len(lists.table(f"quarantine/{name}")) for name in ("medical_claim", "diagnosis", "procedure")] == [0, 0, 0]


@pytest.mark.shared_data
def test_gbk_and_utf8_give_the_same_bytes(tmp_path: Path, insurance_codes: list[tuple[str, str]]) -> None:
    year = make_year(3, choose(insurance_codes))
    written = {}
    for encoding in ("gb18030", "utf-8", "utf-8-sig"):
        lists = Lists(tmp_path / encoding, encoding)
        for name, rows in year.items():
            lists.write(name, *rows)
        lists.convert()
        files = sorted(lists.target.rglob("*.parquet"))
        written[encoding] = {str(file.relative_to(lists.target)): file.read_bytes() for file in files}
    assert len(written["utf-8"]) == 7 + 6
    assert written["gb18030"] == written["utf-8"] == written["utf-8-sig"]


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    codes = [
        ("E11.900x001", "2型糖尿病"),
        ("I10.x00x002", "高血压"),
        ("E78.500", "高脂血症"),
        ("N18.900", "慢性肾脏病"),
    ]
    year = make_year(7, codes)
    written = []
    for turn in (1, -1):
        lists = Lists(tmp_path / f"turn{turn}")
        for name, rows in year.items():
            names = list(dict.fromkeys(key for row in rows for key in row))
            lists.write(name, *[{key: row.get(key, "") for key in names} for row in rows[::turn]])
        lists.convert()
        files = sorted(lists.target.rglob("*.parquet"))
        written.append({str(file.relative_to(lists.target)): file.read_bytes() for file in files})
    assert written[0] == written[1]


@pytest.mark.shared_data
def test_a_year_of_real_codes_keeps_every_row_and_every_fen(
    tmp_path: Path, insurance_codes: list[tuple[str, str]]
) -> None:
    year = make_year(5, choose(insurance_codes))
    lists = Lists(tmp_path / "year")
    lists.encoding = "gb18030"
    for name, rows in year.items():
        lists.write(name, *rows)
    report = lists.convert()
    good = [row for row in year["结算清单"] if not row["结算流水号"].startswith("B")]
    claims = lists.table("medical_claim")
    assert len(claims) == len(good) == 420
    assert len(lists.table("quarantine/medical_claim")) == 3
    assert round(claims["allowed_amount"].sum(), 2) == round(sum(float(row["总金额"]) for row in good), 2)
    assert report.reconciliation["ties"] == 420
    written = Counter(pairs(lists.table("diagnosis"), "record_id", "position", "code"))
    columns = ["主要诊断编码", *(f"其他诊断编码{place}" for place in (1, 2, 3))]
    assert written == Counter(
        (row["结算流水号"], position, row[name])
        for row in good
        if row["结算流水号"].startswith("S")
        for position, name in enumerate(columns, start=1)
    )
    for stem, table in (("处方明细", "pharmacy_claim"), ("检验结果", "lab_result")):
        assert len(lists.table(table)) + len(lists.table(f"quarantine/{table}")) == len(year[stem]) == 400
    with pytest.raises(DataContractError, match="medical_claim: 3 of 423 rows break"):
        open_source("settlement_list", lists.folder, tmp_path / "refused", on_bad_rows="refuse")
    opened = open_source("settlement_list", lists.folder, tmp_path / "work", on_bad_rows="quarantine")
    quality = opened.tables.quality
    assert quality.rows_accepted == sum(report.rows_out.values())
    assert quality.rows_in == quality.rows_accepted + quality.rows_quarantined
    # The code lists find the diabetics among the insurance codes.
    matches = match_prefixes(lists.table("diagnosis"), read_code_list(ROOT / "models" / "codelists" / "conditions.csv"))
    diabetic = {row[name] for row in good for name in columns if row[name].startswith(("E10", "E11", "E14"))}
    assert diabetic <= set(matches.loc[matches["group"].str.contains("diabetes"), "code"])


def test_every_table_has_every_column_of_its_contract(lists: Lists) -> None:
    lists.write("处方明细", LINE | {"药品名称": "阿卡波糖片"})
    lists.write("检验结果", RESULT | {"检验项目": "肌酐", "结果": "88", "单位": "umol/L"})
    report = lists.convert()
    assert len(report.rows_out) == 7
    for name in report.rows_out:
        assert lists.table(name).columns.tolist() == TABLES[name].column_names


def test_the_table_of_the_page_is_the_declaration_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for layout in FILES:
        section = text.split(f"## {layout.stem}.csv")[1].split("\n## ")[0]
        rows = [
            [cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("| ")
        ]
        declared = [
            [column.name, column.presence, column.form[1], column.goes_to, "、".join(column.synonyms)]
            for column in layout.columns
        ]
        assert rows[1:] == declared, layout.stem


def test_the_words_of_the_page_are_those_of_the_list() -> None:
    section = PAGE.read_text(encoding="utf-8").split("## Words")[1].split("\n## ")[0]
    stated = {
        tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in section.splitlines() if line.startswith("| ")
    }
    with (MAPPINGS / "settlement_list" / "words.csv").open(encoding="utf-8") as text:
        listed = {(row["column"], row["word"], row["value"], row["meaning"]) for row in csv.DictReader(text)}
    assert stated - {("column", "word", "value", "meaning")} == listed


def test_the_units_of_an_item_are_units_of_its_analyte() -> None:
    with (MAPPINGS / "settlement_list" / "analytes.csv").open(encoding="utf-8") as text:
        items = list(csv.DictReader(text))
    with (MAPPINGS / "settlement_list" / "units.csv").open(encoding="utf-8") as text:
        spelt = {row["unit"] for row in csv.DictReader(text)}
    for item in items:
        units = item["units"].split("|")
        assert set(units) <= set(MEASURES[item["analyte"]].units), item
        assert set(units) <= spelt, item


def test_the_words_lead_to_values_that_the_contract_allows() -> None:
    with (MAPPINGS / "settlement_list" / "words.csv").open(encoding="utf-8") as text:
        words = list(csv.DictReader(text))
    claim, person = TABLES["medical_claim"], TABLES["person"]
    allowed = {
        "性别": person.column("sex").allowed,
        "险种类型": person.column("insurance_type").allowed,
        "医疗类别": claim.column("setting").allowed,
        "入院途径": claim.column("admission_source").allowed,
        "离院方式": claim.column("discharge_status").allowed,
        "科别": claim.column("specialty").allowed,
        "医疗机构等级": ("1", "2", "3"),
        "冲正标志": ("true", "false"),
        "城乡标志": ("true", "false"),
    }
    assert {row["column"] for row in words} == set(allowed)
    assert all(row["value"] in (*allowed[row["column"]], "") for row in words)
    assert all(row["value"] for row in words if row["column"] in {"医疗类别", "离院方式", "入院途径", "冲正标志"})

"""Code lists and the matching of codes to groups."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.codes import build_code_map, count_unmatched, match_prefixes, read_code_list, read_code_lists
from riskkit.errors import PolicyError

SHIPPED = Path(__file__).parents[3] / "models" / "codelists"
HEADER = "list,group,vocabulary,prefix,points,source,version\n"


def write_list(folder: Path, *lines: str, header: str = HEADER) -> Path:
    file = folder / "toy.csv"
    file.write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def codes_of(vocabulary: str, *codes: str) -> pd.DataFrame:
    return pd.DataFrame({"code": list(codes), "vocabulary": vocabulary})


def groups_of(code: str, vocabulary: str, list_name: str) -> dict[str, float]:
    matches = match_prefixes(codes_of(vocabulary, code), read_code_list(SHIPPED / f"{list_name}.csv"))
    return dict(zip(matches["group"], matches["points"], strict=True))


def test_a_range_is_spelt_out_and_points_are_taken_off(tmp_path: Path) -> None:
    file = write_list(tmp_path, "toy,kidney,icd9cm,585.3-585.6,1,book,1", "toy,heart,who_cn,I20-I22,1,book,1")
    prefixes = read_code_list(file)
    # 585.3-585.6 holds 4 codes, I20-I22 holds 3; heart sorts before kidney.
    assert prefixes["prefix"].tolist() == ["I20", "I21", "I22", "5853", "5854", "5855", "5856"]
    assert prefixes["points"].tolist() == [1.0] * 7


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("toy,heart,icd11,I20,1,book,1", "line 2: found vocabulary 'icd11', expected one of who_cn"),
        ("toy,heart,who_cn,I2,1,book,1", "line 2: found prefix 'I2', expected a code of at least three characters"),
        ("toy,heart,who_cn,I25-I20,1,book,1", "line 2: found range 'I25-I20', expected a rising range"),
        ("toy,heart,who_cn,I20-J25,1,book,1", "range 'I20-J25'"),
        ("toy,heart,who_cn,I20-I251,1,book,1", "range 'I20-I251'"),
        ("toy,heart,who_cn,I20,-1,book,1", "line 2: found points '-1', expected a number of 0 or more"),
        ("toy,heart,who_cn,I20,one,book,1", "points 'one'"),
        ("toy,,who_cn,I20,1,book,1", "line 2: found group '', expected a value"),
        ("toy,heart,who_cn,I20,1,,1", "source ''"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(PolicyError) as error:
        read_code_list(write_list(tmp_path, line))
    assert problem in str(error.value)
    assert "toy.csv" in str(error.value)


def test_a_prefix_that_comes_twice_in_a_group_is_refused(tmp_path: Path) -> None:
    file = write_list(tmp_path, "toy,heart,who_cn,I20-I25,1,book,1", "toy,heart,who_cn,I21,2,book,1")
    with pytest.raises(PolicyError, match=r"1 prefixes that come twice .first toy heart who_cn I21."):
        read_code_list(file)


def test_an_unreadable_list_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such code list"):
        read_code_list(tmp_path / "absent.csv")
    with pytest.raises(PolicyError, match="expected a column 'points'"):
        read_code_list(write_list(tmp_path, "a,b,who_cn,I20", header="list,group,vocabulary,prefix\n"))
    with pytest.raises(PolicyError, match="found no entry"):
        read_code_list(write_list(tmp_path))
    chinese = tmp_path / "gbk.csv"
    chinese.write_bytes((HEADER + "toy,肾病,who_cn,N18,1,book,1\n").encode("gbk"))
    with pytest.raises(PolicyError, match="not readable as CSV"):
        read_code_list(chinese)
    (tmp_path / "empty").mkdir()
    with pytest.raises(PolicyError, match="no code list"):
        read_code_lists(tmp_path / "empty")


def test_the_longest_prefix_decides_and_zero_points_take_a_code_out(tmp_path: Path) -> None:
    file = write_list(
        tmp_path,
        "toy,heart,who_cn,I25,1,book,1",
        "toy,heart,who_cn,I25.2,2,book,1",
        "toy,heart,who_cn,I25.3,0,book,1",
    )
    matches = match_prefixes(codes_of("who_cn", "I25.1", "I25.201", "I25.3", "J44"), read_code_list(file))
    assert matches[["code", "points"]].to_numpy().tolist() == [["I25.1", 1.0], ["I25.201", 2.0]]


def test_a_code_keeps_all_of_its_groups(tmp_path: Path) -> None:
    file = write_list(tmp_path, "toy,diabetes,who_cn,E11,1,book,1", "toy,kidney,who_cn,E11.2,1,book,1")
    matches = match_prefixes(codes_of("who_cn", "E11.200x001", "E11.200x001"), read_code_list(file))
    assert matches["group"].tolist() == ["diabetes", "kidney"]


def test_both_halves_of_a_pair_count_and_the_higher_points_stand(tmp_path: Path) -> None:
    file = write_list(tmp_path, "toy,kidney,who_cn,E11.2,1,book,1", "toy,kidney,who_cn,N08,2,book,1")
    matches = match_prefixes(codes_of("who_cn", "E11.201+N08.3*"), read_code_list(file))
    assert matches.to_numpy().tolist() == [["E11.201+N08.3*", "who_cn", "toy", "kidney", 2.0]]


def test_a_code_is_only_matched_in_its_own_vocabulary(tmp_path: Path) -> None:
    # V27 is the outcome of delivery in ICD-9-CM and a motorcycle accident in ICD-10.
    prefixes = read_code_list(write_list(tmp_path, "toy,delivery,icd9cm,V27,1,book,1"))
    assert match_prefixes(codes_of("who_cn", "V27.0"), prefixes).empty
    assert match_prefixes(codes_of("icd9cm", "V27.0"), prefixes)["group"].tolist() == ["delivery"]


def test_unmatched_codes_are_counted_by_row() -> None:
    codes = codes_of("who_cn", "Z99", "Z99", "Y98", "I10")
    unmatched = count_unmatched(codes, codes_of("who_cn", "I10"))
    assert unmatched.to_numpy().tolist() == [["Z99", "who_cn", 2], ["Y98", "who_cn", 1]]


def test_the_code_map_names_list_and_group_and_is_empty_without_diagnoses(tmp_path: Path) -> None:
    prefixes = read_code_list(write_list(tmp_path, "toy,heart,who_cn,I20-I25,1,book,1"))
    diagnosis = pd.DataFrame(
        {
            "record_id": ["a", "b"],
            "position": [1, 1],
            "person_id": ["p", "p"],
            "date": pd.to_datetime(["2020-01-01", "2020-01-02"]),
            "available_date": pd.to_datetime(["2020-01-01", "2020-01-02"]),
            "code": ["I21.9", "I21.9"],
            "vocabulary": ["who_cn", "who_cn"],
            "source": ["inpatient", "inpatient"],
        }
    )
    found = build_code_map({"diagnosis": diagnosis}, prefixes)
    assert found.to_numpy().tolist() == [["I21.9", "who_cn", "toy:heart", 1.0]]
    empty = build_code_map({}, prefixes)
    assert empty.columns.tolist() == ["code", "vocabulary", "code_group", "points"]
    assert empty.empty


def test_the_shipped_lists_are_eight_and_read_without_error() -> None:
    lists = read_code_lists(SHIPPED)
    groups = lists.groupby("list")["group"].nunique()
    features = ["charlson", "complications", "conditions", "dcsi", "elixhauser"]
    assert groups.index.tolist() == [*features, "outcomes", "planned_care", "pqi"]
    assert groups["dcsi"] == 7
    assert groups["complications"] == 9
    assert lists["prefix"].str.len().min() >= 3


def test_the_severity_index_of_the_worked_example_is_eight() -> None:
    # Retinopathy {1, 2}, nephropathy {2}, neuropathy {1}, cardiovascular {1, 2}, peripheral {1}: 2 + 2 + 1 + 2 + 1 = 8.
    codes = codes_of("who_cn", "H36.0*", "H33.0", "N18.300", "E11.400x001", "I25.103", "I50.900", "E11.500")
    matches = match_prefixes(codes, read_code_list(SHIPPED / "dcsi.csv"))
    assert matches.groupby("group")["points"].max().sum() == 8


@pytest.mark.parametrize(
    ("code", "vocabulary", "expected"),
    [
        ("I25.1", "who_cn", {"cardiovascular": 1.0}),
        ("I25.2", "who_cn", {"cardiovascular": 2.0}),
        ("E11.3", "who_cn", {"retinopathy": 1.0}),
        ("E11.359", "icd10cm", {"retinopathy": 2.0}),
        ("E11.319", "icd10cm", {"retinopathy": 1.0}),
        ("E11.641", "icd10cm", {"metabolic": 2.0}),
        ("E11.649", "icd10cm", {}),
        ("E11.9", "who_cn", {}),
        ("362.02", "icd9cm", {"retinopathy": 2.0}),
        ("362.01", "icd9cm", {"retinopathy": 1.0}),
        ("250.13", "icd9cm", {"metabolic": 2.0}),
        ("427.31", "icd9cm", {"cardiovascular": 2.0}),
        ("435.9", "icd9cm", {"cerebrovascular": 1.0}),
    ],
)
def test_the_shipped_severity_points_follow_the_table(code: str, vocabulary: str, expected: dict[str, float]) -> None:
    assert groups_of(code, vocabulary, "dcsi") == expected


@pytest.mark.parametrize(
    ("code", "vocabulary", "expected"),
    [
        # WHO: the fourth character 3 is 'ophthalmic'; a cataract is no retinopathy until H36 says so.
        ("E11.300", "who_cn", {"any_complication"}),
        ("E11.300x011+H36.0*", "who_cn", {"any_complication", "retinopathy"}),
        ("E11.319", "icd10cm", {"any_complication", "retinopathy"}),
        # WHO: 7 is 'multiple', of no organ in particular; ICD-10-CM has no 7.
        ("E11.700", "who_cn", {"any_complication"}),
        ("E11.900x001", "who_cn", set()),
        ("E11.9", "icd10cm", set()),
        ("E11.65", "icd10cm", set()),
        ("E11.201+N08.3*", "who_cn", {"any_complication", "nephropathy"}),
        ("N18.2", "who_cn", set()),
        ("N18.4", "who_cn", {"any_complication", "nephropathy"}),
        ("E11.600x043", "who_cn", {"any_complication", "hypoglycaemia"}),
        ("250.00", "icd9cm", set()),
        ("250.12", "icd9cm", {"any_complication", "metabolic"}),
        ("O24.4", "who_cn", set()),
    ],
)
def test_the_shipped_complications_follow_the_fourth_character_of_each_vocabulary(
    code: str, vocabulary: str, expected: set[str]
) -> None:
    assert set(groups_of(code, vocabulary, "complications")) == expected


@pytest.mark.parametrize(
    ("code", "vocabulary", "expected"),
    [
        # WHO: .0 and .1 are short-term, .2 to .8 long-term, .9 the proxy for what WHO has no code for.
        ("E11.100", "who_cn", {"short_term", "diabetes"}),
        ("E11.700", "who_cn", {"long_term", "diabetes"}),
        ("E14.900x001", "who_cn", {"uncontrolled_who_proxy", "diabetes"}),
        # CM: .641 is a coma, .649 and .65 are uncontrolled, .9 is nothing of the kind.
        ("E11.641", "icd10cm", {"short_term", "diabetes"}),
        ("E11.649", "icd10cm", {"uncontrolled", "diabetes"}),
        ("E11.65", "icd10cm", {"uncontrolled", "diabetes"}),
        ("E11.621", "icd10cm", {"long_term", "diabetes"}),
        ("E11.9", "icd10cm", {"diabetes"}),
        ("250.02", "icd9cm", {"uncontrolled", "diabetes"}),
        ("250.00", "icd9cm", {"diabetes"}),
        ("250.12", "icd9cm", {"short_term", "diabetes"}),
        ("250.72", "icd9cm", {"long_term", "diabetes"}),
        ("O24.4", "icd10cm", {"obstetrics"}),
        ("S88.1", "who_cn", {"traumatic_amputation"}),
        # Toes are no lower-limb amputation here: 84.11, and detachments at 0Y6P to 0Y6Y.
        ("84.1501", "icd9cm3", {"lower_limb_amputation"}),
        ("84.1101", "icd9cm3", set()),
        ("0Y6H0Z1", "icd10pcs", {"lower_limb_amputation"}),
        ("0Y6P0Z0", "icd10pcs", set()),
        ("27880", "hcpcs", {"lower_limb_amputation"}),
        ("28820", "hcpcs", set()),
    ],
)
def test_the_shipped_avoidable_admissions_follow_each_vocabulary(
    code: str, vocabulary: str, expected: set[str]
) -> None:
    assert set(groups_of(code, vocabulary, "pqi")) == expected


@pytest.mark.parametrize(
    ("code", "vocabulary", "name", "expected"),
    [
        ("84.1101", "icd9cm3", "outcomes", {"amputation"}),
        ("0Y6P0Z0", "icd10pcs", "outcomes", {"amputation"}),
        ("28820", "hcpcs", "outcomes", {"amputation"}),
        ("E11.300", "who_cn", "outcomes", {"diabetes", "diabetes_eye"}),
        ("H35.0", "who_cn", "outcomes", {"retinal_disorder"}),
        ("250.50", "icd9cm", "outcomes", {"diabetes", "diabetes_eye"}),
        ("Z51.100", "who_cn", "planned_care", {"chemotherapy"}),
        ("Z49.101", "who_cn", "planned_care", {"dialysis"}),
        ("V57.1", "icd9cm", "planned_care", {"rehabilitation"}),
        ("O80.0", "who_cn", "planned_care", {"delivery"}),
        ("99.2503", "icd9cm3", "planned_care", {"chemotherapy"}),
        ("39.9500", "icd9cm3", "planned_care", {"dialysis"}),
        ("RE1", "chs_drg", "planned_care", {"chemotherapy"}),
        ("945", "ms_drg", "planned_care", {"rehabilitation"}),
        ("J18.900", "who_cn", "planned_care", set()),
    ],
)
def test_the_shipped_procedures_pairs_and_planned_stays_follow_each_vocabulary(
    code: str, vocabulary: str, name: str, expected: set[str]
) -> None:
    assert set(groups_of(code, vocabulary, name)) == expected


@pytest.mark.parametrize("code", ["O24.4", "R73.9", "P70.2"])
def test_gestational_neonatal_and_raised_glucose_are_not_diabetes(code: str) -> None:
    for vocabulary in ("who_cn", "icd10cm"):
        assert "diabetes" not in groups_of(code, vocabulary, "conditions")


def test_every_numeric_icd9_category_has_a_condition_group_unless_it_does_not_exist() -> None:
    # ICD-9-CM has no categories 247-248, 399-400, 406-409, 418-419, 439, 467-469, 479, 489, 497-499 and 687-689.
    unused = {247, 248, 399, 400, 418, 419, 439, 479, 489, *range(406, 410), *range(467, 470), *range(497, 500)}
    unused |= {687, 688, 689}
    codes = codes_of("icd9cm", *[f"{number:03d}" for number in range(1, 1000)])
    unmatched = count_unmatched(codes, match_prefixes(codes, read_code_list(SHIPPED / "conditions.csv")))
    assert {int(code) for code in unmatched["code"]} <= unused


def test_the_order_of_rows_changes_nothing() -> None:
    codes = codes_of("icd9cm", "428.0", "250.40", "V45.1", "998.59", "038.9", "414.01")
    prefixes = read_code_lists(SHIPPED)
    turned = match_prefixes(codes.iloc[::-1], prefixes.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(match_prefixes(codes, prefixes), turned)

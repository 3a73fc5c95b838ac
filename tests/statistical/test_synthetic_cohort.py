"""The synthetic cohort lands on the figures of the founding documents, and its truth is what really happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from riskkit.data.synthetic import SyntheticCohort, make_cohort

YEARS = [2020, 2021, 2022, 2023, 2024]

# METHODS section 1, DCSI: prefixes by category and points, WHO/CN codes.
DCSI_PREFIXES = {
    "retinopathy": {1: ["E113", "E143", "H360", "H350", "H356", "H358"], 2: ["H33", "H54", "H431"]},
    "nephropathy": {1: ["E112", "E142", "N00", "N03", "N08"], 2: ["N18", "N19", "N289"]},
    "neuropathy": {1: ["E114", "E144", "G56", "G57", "G590", "G632", "G730", "G90", "G990"]},
    "cerebrovascular": {1: ["G45"], 2: ["I61", "I63", "I64", "I65", "I66"]},
    "cardiovascular": {1: ["I20", "I24", "I25", "I70"], 2: ["I21", "I22", "I252", "I46", "I48", "I50", "I71"]},
    "pvd": {1: ["E115", "E145", "I739", "I792"], 2: ["I743", "L97", "R02"]},
    "metabolic": {2: ["E110", "E111", "E140", "E141", "E15"]},
}


@dataclass
class Book:
    """What the tests look at: members at each 1 January with their year, scores and truth."""

    cohort: SyntheticCohort
    years: pd.DataFrame


def _normalise(code: pd.Series) -> pd.Series:
    return code.str.upper().str.replace(r"[.+*†‡\s]", "", regex=True)


def _score_dcsi(diagnosis: pd.DataFrame) -> pd.DataFrame:
    """Score each person and calendar year by the codes of that year, category maximum and then the sum."""
    codes = pd.DataFrame({"code": diagnosis["code"].unique()})
    clean = _normalise(codes["code"])
    for category, points in DCSI_PREFIXES.items():
        codes[category] = 0
        for point, prefixes in sorted(points.items()):
            codes.loc[clean.str.startswith(tuple(prefixes)), category] = point
    keyed = diagnosis[["person_id", "code"]].assign(year=diagnosis["date"].dt.year).drop_duplicates()
    scored = keyed.merge(codes, on="code").groupby(["person_id", "year"])[list(DCSI_PREFIXES)].max()
    return scored.sum(axis=1).rename("dcsi").reset_index()


def _member_years(cohort: SyntheticCohort) -> pd.DataFrame:
    """One row per member enrolled from 1 January to the end of the year or to death in it."""
    person = cohort.tables["person"].set_index("person_id")
    truth = cohort.truth.assign(year=cohort.truth["index_date"].dt.year)
    parts = []
    for year in YEARS:
        start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 1, 1) + pd.Timedelta(days=365)
        spans = cohort.tables["enrollment"]
        spans = spans[(spans["start_date"] <= start) & (spans["end_date"] > start)].set_index("person_id")
        death = person["death_date"].reindex(spans.index)
        whole = (spans["end_date"] >= end) | (death < end)
        lived = ((death.where(death < end, end) - start).dt.days + (death < end)).clip(upper=365) / 365
        parts.append(pd.DataFrame({"year": year, "whole": whole, "lived": lived}).reset_index())
    years = pd.concat(parts).merge(truth, on=["person_id", "year"], validate="one_to_one")
    years["female"] = person["sex"].reindex(years["person_id"]).eq("female").to_numpy()
    birth = person["birth_date"].reindex(years["person_id"]).to_numpy()
    years["age"] = (years["index_date"] - birth).dt.days / 365.25
    return years.merge(_outcomes(cohort), on=["person_id", "year"], how="left").fillna({"stays": 0, "cost": 0.0})


def _outcomes(cohort: SyntheticCohort) -> pd.DataFrame:
    medical, pharmacy = cohort.tables["medical_claim"], cohort.tables["pharmacy_claim"]
    stay = medical["setting"].eq("inpatient") & medical["adjustment"].ne("reversal")
    # A corrected stay is an original and a replacement of the same day: one stay.
    stays = medical[stay].drop_duplicates(["person_id", "start_date"])
    by_year = [
        stays.groupby(["person_id", stays["start_date"].dt.year.rename("year")]).size().rename("stays"),
        medical.groupby(["person_id", medical["start_date"].dt.year.rename("year")])["allowed_amount"].sum(),
        pharmacy.groupby(["person_id", pharmacy["fill_date"].dt.year.rename("year")])["allowed_amount"].sum(),
    ]
    table = pd.concat([by_year[0], by_year[1].rename("medical"), by_year[2].rename("pharmacy")], axis=1).fillna(0.0)
    return table.assign(cost=table["medical"] + table["pharmacy"])[["stays", "cost"]].reset_index()


@pytest.fixture(scope="module")
def book() -> Book:
    cohort = make_cohort(n_persons=30_000, years=5, seed=2024)
    years = _member_years(cohort)
    scores = _score_dcsi(cohort.tables["diagnosis"])
    years = years.merge(scores, on=["person_id", "year"], how="left")
    last = scores.rename(columns={"dcsi": "past_dcsi"}).assign(year=scores["year"] + 1)
    years = years.merge(last, on=["person_id", "year"], how="left").fillna({"dcsi": 0, "past_dcsi": 0})
    return Book(cohort, years.assign(admitted=(years["stays"] > 0).astype("float64")))


@pytest.fixture(scope="module")
def whole(book: Book) -> pd.DataFrame:
    """Member-years under contract to the end of the year or to death."""
    return book.years[book.years["whole"]].reset_index(drop=True)


def _weighted_r2(observed: pd.Series, predicted: pd.Series, weight: pd.Series) -> float:
    mean = np.average(observed, weights=weight)
    return float(1 - (weight * (observed - predicted) ** 2).sum() / (weight * (observed - mean) ** 2).sum())


def _auroc(observed: pd.Series, predicted: pd.Series) -> float:
    """Mann-Whitney: the chance that a case ranks above a control."""
    ranks, cases = predicted.rank(), observed.sum()
    return float((ranks[observed == 1].sum() - cases * (cases + 1) / 2) / (cases * (len(observed) - cases)))


def test_members_admitted_in_a_year_lie_between_luohus_first_and_last_figure(whole: pd.DataFrame) -> None:
    # POLICY_RULES C14: 12.3% in 2015 fell to 8.7% in 2022; every year within, give or take two standard errors.
    for year, rows in whole.groupby("year"):
        rate = rows["admitted"].mean()
        margin = 2 * np.sqrt(rate * (1 - rate) / len(rows))
        assert 0.087 - margin <= rate <= 0.123 + margin, year


def test_about_three_in_ten_members_have_a_complication(book: Book) -> None:
    # POLICY_RULES C15: about 30%, by the codes of one calendar year; the cohort ages, so each year within 5 points.
    share = book.years.assign(has=book.years["dcsi"] > 0).groupby("year")["has"].mean()
    assert abs(share.mean() - 0.30) < 0.02
    assert share.between(0.25, 0.35).all()


def test_members_of_65_and_over_are_admitted_far_more_than_the_young(whole: pd.DataFrame) -> None:
    # POLICY_RULES C16 has 8 times for a whole population; among diabetics, all ill, we ask for 3 to 8 times.
    old = whole.loc[whole["age"] >= 65, "admitted"].mean()
    young = whole.loc[whole["age"] < 45, "admitted"].mean()
    assert 3.0 < old / young < 8.0
    assert 0.36 < (whole["age"] >= 65).mean() < 0.46


def test_admission_rate_ratios_by_dcsi_score_are_the_published_ones(whole: pd.DataFrame) -> None:
    # AJMC 2019;25(2):e45. Stays per member-year by the score of last year's codes, standardised for five-year age band
    # and sex; within 20% and two Poisson standard errors.
    published = {1: 1.22, 2: 1.55, 3: 1.77, 4: 2.11, 5: 2.72}
    rows = whole[whole["year"] > 2020]
    rows = rows.assign(
        score=rows["past_dcsi"].clip(upper=5),
        cell=(rows["age"] // 5).clip(6, 17) * 2 + rows["female"],
    )
    base = rows[rows["score"] == 0].groupby("cell")["stays"].mean()
    rows = rows.assign(expected=rows["cell"].map(base))
    for score, ratio in published.items():
        group = rows[rows["score"] == score]
        found = group["stays"].sum() / group["expected"].sum()
        # Stays cluster in members, so their variance is taken from the data.
        margin = 2 * np.sqrt(len(group)) * group["stays"].std() / group["expected"].sum()
        assert abs(found - ratio) < 0.20 * ratio + margin, (score, found)


def test_cost_has_a_heavy_tail(whole: pd.DataFrame) -> None:
    # METHODS section 6 works with a mean of 6,600 and a coefficient of variation of 2.5.
    annual = whole["cost"] / whole["lived"]
    mean = np.average(annual, weights=whole["lived"])
    spread = np.sqrt(np.average((annual - mean) ** 2, weights=whole["lived"]))
    assert 5_500 < mean < 8_000
    assert 1.6 < spread / mean < 3.0
    dearest = whole["cost"].nlargest(len(whole) // 20).sum() / whole["cost"].sum()
    assert dearest > 0.30


def test_stays_for_complications_are_more_than_three_tenths_of_inpatient_spending(book: Book) -> None:
    # POLICY_RULES C14: over 30%.
    medical, diagnosis = book.cohort.tables["medical_claim"], book.cohort.tables["diagnosis"]
    stays = medical[medical["setting"].eq("inpatient") & medical["adjustment"].eq("original")]
    principal = diagnosis[diagnosis["position"] == 1].set_index("record_id")["code"]
    code = _normalise(stays["claim_id"].map(principal))
    prefixes = [prefix for points in DCSI_PREFIXES.values() for group in points.values() for prefix in group]
    is_complication = code.str.startswith((*prefixes, "E16"))
    assert 0.30 < stays.loc[is_complication, "allowed_amount"].sum() / stays["allowed_amount"].sum() < 0.60


def test_some_members_have_no_hba1c_in_a_year(book: Book) -> None:
    labs = book.cohort.tables["lab_result"]
    hba1c = labs[labs["analyte"] == "hba1c"]
    tested = hba1c.groupby(["person_id", hba1c["date"].dt.year.rename("year")]).size().rename("tests").reset_index()
    merged = book.years[book.years["whole"]].merge(tested, on=["person_id", "year"], how="left")
    assert 0.10 < merged["tests"].isna().mean() < 0.30


def test_admissions_happen_as_often_as_the_truth_says_in_every_tenth_of_risk(whole: pd.DataFrame) -> None:
    tenth = pd.qcut(whole["admission"], 10, labels=False)
    for _, rows in whole.groupby(tenth):
        expected = rows["admission"].sum()
        margin = 4 * np.sqrt((rows["admission"] * (1 - rows["admission"])).sum())
        assert abs(rows["admitted"].sum() - expected) < margin


def test_money_is_spent_as_the_truth_says_in_every_fifth_of_expected_cost(whole: pd.DataFrame) -> None:
    fifth = pd.qcut(whole["next_year_cost"], 5, labels=False)
    for _, rows in whole.groupby(fifth):
        gap = rows["cost"] - rows["next_year_cost"] * rows["lived"]
        assert abs(gap.sum()) < 4 * gap.std() * np.sqrt(len(gap))


def test_deaths_happen_as_often_as_the_truth_says(book: Book) -> None:
    years = book.years
    death = book.cohort.tables["person"].set_index("person_id")["death_date"]
    died = years["person_id"].map(death).sub(years["index_date"]).dt.days.between(0, 364)
    margin = 4 * np.sqrt((years["death"] * (1 - years["death"])).sum())
    assert abs(died.sum() - years["death"].sum()) < margin


ONSET_PREFIXES = {
    "nephropathy": ("E112", "N18", "N08"),
    "retinopathy": ("E113", "H36"),
    "neuropathy": ("E114", "G632"),
    "cerebrovascular_diagnosis": ("G45", "I61", "I63", "I65", "I66"),
    "cardiovascular_diagnosis": ("I20", "I21", "I25", "I48", "I50"),
    "foot_pvd": ("E115", "L97"),
    "metabolic_crisis": ("E110", "E111"),
    "severe_hypoglycaemia": ("E160", "E162"),
}


@pytest.mark.parametrize("outcome", ONSET_PREFIXES)
def test_first_diagnoses_come_as_often_as_the_truth_says(book: Book, whole: pd.DataFrame, outcome: str) -> None:
    diagnosis = book.cohort.tables["diagnosis"]
    codes = pd.Series(diagnosis["code"].unique())
    wanted = codes[_normalise(codes).str.startswith(ONSET_PREFIXES[outcome])]
    coded = diagnosis[diagnosis["code"].isin(wanted)]
    pairs = coded[["person_id"]].assign(year=coded["date"].dt.year, coded=1.0).drop_duplicates()
    at_risk = whole[whole[outcome].notna()].merge(pairs, on=["person_id", "year"], how="left")
    chance = at_risk[outcome]
    assert abs(at_risk["coded"].sum() - chance.sum()) < 4 * np.sqrt((chance * (1 - chance)).sum())


def test_the_true_risk_is_strong_and_the_true_cost_explains_what_good_models_explain(whole: pd.DataFrame) -> None:
    # ANCHORS: admission models reach .70 to .78; cost models on prior use .19 to .39.
    assert 0.74 < _auroc(whole["admitted"], whole["admission"]) < 0.80
    annual = whole["cost"] / whole["lived"]
    assert 0.10 < _weighted_r2(annual, whole["next_year_cost"], whole["lived"]) < 0.32

"""Rates of a closed year are settled against its claims, scored and watched over, by team."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.data.adapters.known import NATIVE
from riskkit.data.presets import find_presets
from riskkit.data.privacy import hash_person_ids, read_id_key
from riskkit.data.synthetic import write_cohort
from riskkit.errors import DataContractError, PolicyError
from riskkit.workflow.monitor import describe_watch, watch_source
from riskkit.workflow.quality import describe_quality_scores, score_quality
from riskkit.workflow.settle import SettledYear
from riskkit.workflow.settle_rates import settle_rates
from riskkit.workflow.settle_text import describe_settlement

PRESETS = find_presets() / "models" / "settlement"
POLICY = PRESETS / "seed_50_70.toml"
START = pd.Timestamp("2023-01-01")
RATE = 280000
ONE_YEAR = pd.DateOffset(years=1)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cohort(tmp_path_factory.mktemp("settle") / "source", 300, 4, 5)


@pytest.fixture(scope="module")
def rates(source: Path) -> Path:
    """A flat rate for everyone who is enrolled on the first day of the last year."""
    spans = pd.read_parquet(source / "enrollment.parquet")
    begun, ends = pd.to_datetime(spans["start_date"]) <= START, pd.to_datetime(spans["end_date"]) > START
    persons = sorted(spans.loc[begun & ends, "person_id"].unique())
    table = pd.DataFrame({"person_id": hash_person_ids(persons, read_id_key())})
    path = source.parent / "rates" / "rates.parquet"
    path.parent.mkdir()
    table.assign(index_date=START, rate_minor=RATE, allocated_minor=RATE).to_parquet(path)
    return path


@pytest.fixture(scope="module")
def settled(source: Path, rates: Path) -> tuple[SettledYear, Path]:
    out = source.parent / "out"
    return settle_rates(POLICY, rates, source, out, adapter=NATIVE), out


def claims_of_the_year(source: Path) -> pd.DataFrame:
    parts = []
    for name, day in (("medical_claim", "start_date"), ("pharmacy_claim", "fill_date")):
        rows = pd.read_parquet(source / f"{name}.parquet")
        date, known = pd.to_datetime(rows[day]), pd.to_datetime(rows["available_date"])
        kept = (date >= START) & (date < pd.Timestamp("2024-01-01")) & (known <= pd.Timestamp("2024-04-01"))
        parts.append(rows.loc[kept, ["person_id", "allowed_amount"]].assign(date=date[kept]))
    return pd.concat(parts)


def test_every_claim_of_the_year_is_in_a_team_or_said_to_be_outside(
    settled: tuple[SettledYear, Path], source: Path
) -> None:
    year, _ = settled
    held: Any = year.summary["settlement"]
    # each claim is brought to 40% of its amount in cents, so the sum is within half a cent a claim
    claims = claims_of_the_year(source)
    counted = held["fund_totals"]["actual_minor"] + sum(held["claims_outside"].values())
    assert counted == pytest.approx(claims["allowed_amount"].astype(float).sum() * 40, abs=0.5 * len(claims))
    assert held["reconciles"] is True


def test_prepaid_is_the_rate_times_the_days_enrolled(settled: tuple[SettledYear, Path], source: Path) -> None:
    year, out = settled
    contracts = pd.read_csv(out / "contracts.csv")
    due = contracts["member_months"].sum() / 12 * RATE
    held: Any = year.summary["settlement"]
    assert contracts["prepaid_minor"].sum() == pytest.approx(due, abs=held["members"])
    assert held["members"] - held["joiners"]["prepaid_persons"] <= held["rated_members"]


def enrolled_days(source: Path) -> pd.DataFrame:
    """Days of the year by person and team, none after a death."""
    spans = pd.read_parquet(source / "enrollment.parquet")
    deaths = pd.read_parquet(source / "person.parquet").set_index("person_id")["death_date"]
    died = pd.to_datetime(spans["person_id"].map(deaths)) + pd.Timedelta(days=1)
    first = pd.to_datetime(spans["start_date"]).clip(lower=START)
    last = pd.concat([pd.to_datetime(spans["end_date"]), died], axis=1).min(axis=1).clip(upper=START + ONE_YEAR)
    days = (last - first).dt.days.clip(lower=0)
    return spans[["person_id", "team_id"]].assign(days=days, first=first).query("days > 0")


def test_who_joins_within_the_year_is_prepaid_at_the_rate_that_the_team_states(
    settled: tuple[SettledYear, Path], source: Path, rates: Path, tmp_path: Path
) -> None:
    days = enrolled_days(source)
    old = days.loc[days["first"] == START, "person_id"]
    joined = days[~days["person_id"].isin(old)]
    first: Any = settled[0].summary["settlement"]
    assert first["joiners"]["persons"] == first["joiners"]["prepaid_persons"] == joined["person_id"].nunique() > 0
    team = joined["team_id"].iloc[0]
    results = tmp_path / "results.csv"
    results.write_text(f"team_id,joiner_rate_amount\n{team},3650\n", encoding="utf-8")
    told = settle_rates(POLICY, rates, source, tmp_path / "told", adapter=NATIVE, results=results)
    contracts = pd.read_csv(tmp_path / "told" / "contracts.csv").set_index("team_id")
    # 3,650.00 a year are 10.00 a day of 365
    own = joined[joined["team_id"] == team]
    assert contracts.loc[team, "joined_prepaid_minor"] == own["days"].sum() * 1000
    assert contracts.loc[team, "joined_lives"] == own["person_id"].nunique()
    assert told.summary["settlement"]["claims_outside"] == first["claims_outside"]  # type: ignore[index]  # plain values
    results.write_text(f"team_id,joiner_rate_amount\n{team},many\n", encoding="utf-8")
    with pytest.raises(DataContractError, match=r"joiner_rate_amount of team .* is 'many', expected a number"):
        settle_rates(POLICY, rates, source, tmp_path / "bad", adapter=NATIVE, results=results)


def test_a_rate_for_joiners_is_refused_where_the_policy_pays_none(source: Path, rates: Path, tmp_path: Path) -> None:
    policy = POLICY.parent / "precision_tilt.toml"
    results = tmp_path / "results.csv"
    results.write_text("team_id,joiner_rate_amount\nT00001,3650\n", encoding="utf-8")
    with pytest.raises(DataContractError, match=r"policy precision_tilt has no \[joiners\]"):
        settle_rates(policy, rates, source, tmp_path / "out", adapter=NATIVE, results=results)
    assert not (tmp_path / "out").exists()


def test_the_claims_of_the_year_are_those_of_the_teams_and_of_what_is_outside(
    settled: tuple[SettledYear, Path],
) -> None:
    year, out = settled
    held: Any = year.summary["settlement"]
    claims, outside = held["claims"], pd.read_csv(out / "outside.csv")
    assert claims["teams_minor"] == held["fund_totals"]["paid_minor"]
    assert claims["outside_minor"] == outside["paid_minor"].sum() == sum(held["claims_outside"].values())
    assert claims["all_minor"] == claims["teams_minor"] + claims["outside_minor"]


def test_claims_in_full_times_the_share_are_what_counts(settled: tuple[SettledYear, Path], source: Path) -> None:
    year, out = settled
    held: Any = year.summary["settlement"]
    claims = held["claims"]
    # all claims in full, in cents; the pool answers for 40% of each team's, to the cent
    whole = claims_of_the_year(source)["allowed_amount"].astype(float).mul(100).round().sum()
    assert claims["all_full_minor"] == claims["teams_full_minor"] + claims["outside_full_minor"] == whole
    assert claims["counted_share"] == 0.4
    lines = pd.read_csv(out / "lines.csv").query("item == 'counted'")
    assert (lines["amount_minor"] + lines["basis_minor"] * 0.4).abs().max() <= 0.5
    assert lines["basis_minor"].sum() == claims["teams_full_minor"]
    page = (out / "statements" / f"{lines['team_id'].iloc[0]}.en.html").read_text(encoding="utf-8")
    # three months of run-out; panels far below 5,000
    for text in ("2024-04-01", "Thin panel", "after the year began", "= - basis x rate", "40%"):
        assert text in page
    told = " ".join(describe_settlement(year))
    assert "began before the policy was in force, on 2025-01-01" in told
    assert "which is 0.4 of" in told


def test_teams_without_a_score_and_their_members_are_counted(
    settled: tuple[SettledYear, Path], source: Path, rates: Path, tmp_path: Path
) -> None:
    # a denominator of members that the larger of the two teams alone reaches
    models = Path(shutil.copytree(PRESETS, tmp_path / "settlement"))
    card = models / "scorecards" / "thousand_points.toml"
    sizes = pd.read_csv(settled[1] / "scorecard.csv").query("indicator == 'control'")["denominator"]
    least = int(sizes.max())
    text = card.read_text(encoding="utf-8")
    assert "least_denominator = { value = 30" in text
    text = text.replace("least_denominator = { value = 30", f"least_denominator = {{ value = {least}")
    card.write_text(text, encoding="utf-8")
    year = settle_rates(models / "seed_50_70.toml", rates, source, tmp_path / "out", adapter=NATIVE)
    scored = score_quality(card, source, tmp_path / "quality", START, adapter=NATIVE)
    without = scored.teams.loc[scored.teams["quality"].isna(), "team_id"].tolist()
    held: Any = year.summary["settlement"]
    assert 0 < len(without) < len(scored.teams)
    assert (held["unscored_teams"], held["unscored_team_ids"]) == (len(without), without)
    contracts = pd.read_csv(tmp_path / "out" / "contracts.csv").set_index("team_id")
    assert held["unscored_members"] == contracts.loc[without, "lives"].sum()
    assert any(line.startswith(f"{len(without)} teams with") for line in describe_settlement(year))


def test_stop_loss_takes_over_what_a_member_costs_beyond_rate_and_threshold(
    source: Path, rates: Path, tmp_path: Path
) -> None:
    # the rate of everyone, of joiners as well, is 2,800.00 for 365 days; of what is 60,000 above it the fund takes 80%
    year = settle_rates(PRESETS / "stop_loss.toml", rates, source, tmp_path / "out", adapter=NATIVE)
    days = enrolled_days(source)
    rows = claims_of_the_year(source)
    rows = rows[rows["person_id"].isin(days["person_id"])]
    cost = rows.groupby("person_id")["allowed_amount"].sum().astype(float)
    prepaid = days.groupby("person_id")["days"].sum() * 2800 / 365
    over = (cost - prepaid.reindex(cost.index) - 60000).loc[lambda amounts: amounts > 0]
    team = days.set_index("person_id")["team_id"].loc[over.index]
    assert len(over) > 0
    assert team.index.is_unique  # each of them was in one team all along
    ceded = (over * 80).round().groupby(team).sum()
    totals = year.settlement.totals.set_index("team_id")
    assert totals["ceded_minor"].tolist() == pytest.approx(
        ceded.reindex(totals.index, fill_value=0).tolist(), abs=len(over)
    )
    assert (totals["paid_minor"] - totals["ceded_minor"] == totals["actual_minor"]).all()
    assert (totals["prepaid_minor"] == totals["actual_minor"] + totals["surplus_minor"]).all()
    first = str(ceded.index[0])
    ledger = pd.read_csv(tmp_path / "out" / "statements" / f"{first}.csv", encoding="utf-8-sig").set_index("item")
    assert ledger.loc["ceded", "amount_minor"] == totals.loc[first, "ceded_minor"]
    assert ledger.loc["actual", "amount_minor"] == -totals.loc[first, "actual_minor"]


def test_what_patients_say_counts_in_the_score_by_which_a_year_is_settled(
    settled: tuple[SettledYear, Path], source: Path, rates: Path, tmp_path: Path
) -> None:
    first, _ = settled
    teams = first.settlement.totals["team_id"].tolist()
    reported = tmp_path / "reported.csv"
    rows = "".join(f"{team},satisfaction,90,100\n" for team in teams)
    reported.write_text(f"team_id,indicator,numerator,denominator\n{rows}", encoding="utf-8")
    settle_rates(POLICY, rates, source, tmp_path / "told", adapter=NATIVE, reported=reported)
    lines = pd.read_csv(tmp_path / "told" / "scorecard.csv").query("indicator == 'satisfaction'")
    # everyone stands at the target of 90%, so all of the points are earned
    assert (lines["attained"] == 1).all()
    assert (lines["points"] > 0).all()
    with pytest.raises(DataContractError, match="it has no scorecard"):
        settle_rates(PRESETS / "stop_loss.toml", rates, source, tmp_path / "none", adapter=NATIVE, reported=reported)


def test_a_gate_on_first_contact_reads_the_scorecard_of_the_years_records(
    source: Path, rates: Path, tmp_path: Path
) -> None:
    settle_rates(PRESETS / "first_contact_deduction.toml", rates, source, tmp_path / "out", adapter=NATIVE)
    contracts = pd.read_csv(tmp_path / "out" / "contracts.csv").set_index("team_id")
    totals = pd.read_csv(tmp_path / "out" / "totals.csv").set_index("team_id")
    scored = pd.read_csv(tmp_path / "out" / "scorecard.csv").query("indicator == 'first_contact'").set_index("team_id")
    assert contracts["first_contact_rate"].tolist() == pytest.approx(scored["scored_rate"].tolist())
    missed = contracts["first_contact_rate"] < 0.5
    due = (-0.1 * contracts["prepaid_minor"]).where(missed, 0.0)
    assert totals["bonus_minor"].tolist() == pytest.approx(due.tolist(), abs=0.5)


def test_the_written_year_holds_statements_noise_and_quality(settled: tuple[SettledYear, Path]) -> None:
    year, out = settled
    teams = year.settlement.totals["team_id"]
    noise = pd.read_csv(out / "panel_noise.csv")
    assert noise["thin_panel"].all()
    assert noise["chance_by_luck"].between(0, 0.5).all()
    assert pd.read_csv(out / "contracts.csv")["quality"].between(0, 100).all()
    assert {path.stem for path in (out / "statements").glob("*.csv")} == set(teams)
    assert "luck of the panel" in (out / "statements" / f"{teams.iloc[0]}.en.html").read_text(encoding="utf-8")


def test_results_from_outside_go_before_the_scorecard(
    settled: tuple[SettledYear, Path], source: Path, rates: Path, tmp_path: Path
) -> None:
    first, _ = settled
    surplus = first.settlement.totals.query("surplus_minor > 0").iloc[0]
    overspent = first.settlement.totals.query("surplus_minor < 0").iloc[0]
    results = tmp_path / "results.csv"
    rows = f"{surplus['team_id']},95,\n{overspent['team_id']},,force_majeure\n"
    results.write_text(f"team_id,quality,cause\n{rows}", encoding="utf-8")
    told = settle_rates(POLICY, rates, source, tmp_path / "told", adapter=NATIVE, results=results)
    totals = told.settlement.totals.set_index("team_id")
    assert totals.loc[surplus["team_id"], "retained_minor"] == pytest.approx(0.7 * surplus["surplus_minor"], abs=0.5)
    assert totals.loc[overspent["team_id"], "borne_team_minor"] == 0
    results.write_text("team_id,quality\nnobody,95\n", encoding="utf-8")
    with pytest.raises(DataContractError, match=r"found teams \['nobody'\] that have no contract"):
        settle_rates(POLICY, rates, source, tmp_path / "strange", adapter=NATIVE, results=results)
    assert not (tmp_path / "strange").exists()


def altered(rates: Path, folder: Path, **change: Any) -> Path:
    path = folder / "rates.parquet"
    pd.read_parquet(rates).assign(**change).to_parquet(path)
    return path


def test_a_year_without_claims_is_refused(source: Path, rates: Path, tmp_path: Path) -> None:
    future = altered(rates, tmp_path, index_date=pd.Timestamp("2031-01-01"))
    with pytest.raises(DataContractError, match="no claim from 2031-01-01 to 2032-01-01"):
        settle_rates(POLICY, future, source, tmp_path / "out", adapter=NATIVE)
    assert not (tmp_path / "out").exists()


def test_rates_that_are_not_the_certified_ones_are_refused(source: Path, rates: Path, tmp_path: Path) -> None:
    path = altered(rates, tmp_path)
    certificate = {"currency": "CNY", "minor_units_per_currency_unit": 100, "rate_table_sha256": "0" * 64}
    (tmp_path / "certificate.json").write_text(json.dumps(certificate), encoding="utf-8")
    with pytest.raises(DataContractError, match="rate_table_sha256 is 000"):
        settle_rates(POLICY, path, source, tmp_path / "out", adapter=NATIVE)
    (tmp_path / "certificate.json").write_text(json.dumps({"currency": "USD"}), encoding="utf-8")
    with pytest.raises(DataContractError, match="currency is USD"):
        settle_rates(POLICY, path, source, tmp_path / "out", adapter=NATIVE)


@pytest.mark.parametrize(("text", "found"), [(b"no parquet", "not readable as Parquet"), (None, "no such file")])
def test_rates_that_cannot_be_read_are_named(source: Path, tmp_path: Path, text: bytes | None, found: str) -> None:
    path = tmp_path / "rates.parquet"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(DataContractError, match=found):
        settle_rates(POLICY, path, source, tmp_path / "out", adapter=NATIVE)


def test_a_member_twice_or_two_index_dates_are_refused(source: Path, rates: Path, tmp_path: Path) -> None:
    table = pd.read_parquet(rates)
    path = tmp_path / "rates.parquet"
    pd.concat([table, table.head(1)]).to_parquet(path)
    with pytest.raises(DataContractError, match="expected one row per member"):
        settle_rates(POLICY, path, source, tmp_path / "out", adapter=NATIVE)
    table.drop(columns="rate_minor").to_parquet(path)
    with pytest.raises(DataContractError, match="no column 'rate_minor'"):
        settle_rates(POLICY, path, source, tmp_path / "out", adapter=NATIVE)


@pytest.mark.parametrize("rate", [float("nan"), -5.0, 1.5, "many"])
def test_a_rate_that_is_no_whole_amount_is_refused(source: Path, rates: Path, tmp_path: Path, rate: Any) -> None:
    with pytest.raises(DataContractError, match=r"rate_minor of \d+ of \d+ members is no whole number"):
        settle_rates(POLICY, altered(rates, tmp_path, rate_minor=rate), source, tmp_path / "out", adapter=NATIVE)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("team_id,quality\nT00001,90\nT00001,80\n", "found a team twice"),
        ("team_id,prepaid_minor\nT00001,90\n", "found column 'prepaid_minor', which comes from the claims"),
        ("team_id,quality\nT00001,good\n", "quality of team 'T00001' .* is 'good', expected a number"),
        ("team,quality\nT00001,90\n", "expected column team_id"),
    ],
)
def test_results_that_cannot_be_are_named(source: Path, rates: Path, tmp_path: Path, rows: str, found: str) -> None:
    results = tmp_path / "results.csv"
    results.write_text(rows, encoding="utf-8")
    with pytest.raises(DataContractError, match=found):
        settle_rates(POLICY, rates, source, tmp_path / "out", adapter=NATIVE, results=results)
    assert not (tmp_path / "out").exists()


def test_quality_is_written_by_line_and_team(source: Path, tmp_path: Path) -> None:
    card = PRESETS / "scorecards" / "thousand_points.toml"
    scored = score_quality(card, source, tmp_path / "quality", START, adapter=NATIVE)
    lines = pd.read_csv(tmp_path / "quality" / "scorecard.csv")
    assert (lines["numerator"] <= lines["denominator"]).all()
    full = lines.groupby("team_id")["full_points"].sum()
    assert ((full - 1000).abs().lt(1e-6) | full.eq(0)).all()
    assert " teams on thousand_points" in describe_quality_scores(scored)[0]


def test_the_monitors_write_a_table_each(source: Path, tmp_path: Path) -> None:
    policy = PRESETS / "monitors" / "integrity.toml"
    watched = watch_source(policy, source, tmp_path / "watch", START, adapter=NATIVE)
    names = {"coding_intensity", "split_stays", "split_pairs", "upcoding", "claim_flow"}
    assert {path.stem for path in (tmp_path / "watch").glob("*.csv")} == names
    growth = watched.tables["coding_intensity"]
    parts = growth[["demographic_pct", "confirmed_pct", "coding_pct"]].sum(axis=1)
    assert parts.tolist() == pytest.approx(growth["growth_pct"].tolist())
    # the cohort is honest and complete: nobody is late, and no team is named for coding
    assert not watched.tables["upcoding"]["upcoding_alert"].any()
    assert len(describe_watch(watched)) == 5


def test_a_condition_that_is_no_group_of_the_list_is_an_error_of_policy(source: Path, tmp_path: Path) -> None:
    text = (PRESETS / "monitors" / "integrity.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("[coding.conditions.neuropathy]", "[coding.conditions.gout]"), encoding="utf-8")
    with pytest.raises(PolicyError, match="'gout' is no group of list 'complications'"):
        watch_source(path, source, tmp_path / "watch", START, adapter=NATIVE)


def test_results_are_never_written_over_their_source(source: Path, rates: Path) -> None:
    for call in (
        lambda: settle_rates(POLICY, rates, source, source, adapter=NATIVE),
        lambda: score_quality(PRESETS / "scorecards" / "chengdu.toml", source, source, START, adapter=NATIVE),
        lambda: watch_source(PRESETS / "monitors" / "integrity.toml", source, source, START, adapter=NATIVE),
    ):
        with pytest.raises(DataContractError, match="lies in the source"):
            call()

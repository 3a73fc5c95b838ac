"""Each command hands its options on as they were given and says what came of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from riskkit.cli.app import app
from riskkit.errors import AcceptanceError, RiskkitError
from riskkit.workflow import apply as apply_module
from riskkit.workflow import inspect as inspect_module
from riskkit.workflow import retrain as retrain_module
from riskkit.workflow import scheme as scheme_module
from riskkit.workflow import tier_files as tier_files_module
from riskkit.workflow import update as update_module
from riskkit.workflow import worklist as worklist_module
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.tier_files import TierFiles

SCHEME = str(Path(__file__).parents[3] / "pipelines" / "synthetic.toml")
CHANGES = {
    "held": {"minimum_stay": 1},
    "raised": {},
    "overrides": 2,
    "not_members": 1,
    "strangers": [{"row": 2, "person_id": "5f2a"}],
    "expired": 0,
    "not_yet_valid": 0,
    "without_effect": 1,
}
FILES = TierFiles(Path("l.parquet"), Path("o.csv"))
CERTIFICATE = {
    "minor_units_per_currency_unit": 100,
    "currency": "CNY",
    "budget_minor": 5000,
    "allocated_minor": 5000,
    "difference_minor": 0,
    "members": 2,
}


def summary(verdict: str = "pass") -> dict[str, Any]:
    gates = [{"name": "admission.oe_ratio", "figure": 1.2, "limit": "0.97 to 1.03", "verdict": verdict}]
    data = {"rows_in": 10, "accepted": 10, "quarantined": 0}
    scheme = {"name": "synthetic", "title": "A county"}
    return {"scheme": scheme, "data": data, "outcomes": {}, "drift": None, "tiers": None, "rates": None, "gates": gates}


@dataclass
class Recorder:
    """A stand-in for a function of the workflow that keeps what it was given."""

    answer: Any
    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)

    def __call__(self, *positional: Any, **named: Any) -> Any:
        self.positional, self.named = positional, named
        if progress := named.get("progress"):
            progress("a step", 0, 1)
        return self.answer


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Recorder]:
    def put(module: Any, name: str, answer: Any) -> Recorder:
        recorder = Recorder(answer)
        monkeypatch.setattr(module, name, recorder)
        return recorder

    return put


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_init_writes_a_starting_set_that_can_be_read(tmp_path: Path) -> None:
    done = run("init", str(tmp_path / "county"))
    assert done.exit_code == 0
    for file in (tmp_path / "county" / "pipelines").glob("*.toml"):
        assert isinstance(scheme_module.read_scheme(file), Scheme)


def test_validate_hands_on_adapter_rows_and_folder(stand_in: Callable[..., Recorder]) -> None:
    asked = stand_in(inspect_module, "validate_source", "opened")
    stand_in(inspect_module, "describe_quality", ["person: 2 rows in, 2 accepted, 0 set aside"])
    done = run("validate", "--source", "in", "--adapter", "desynpuf", "--on-bad-rows", "quarantine", "--out", "q")
    assert asked.positional == ("desynpuf", Path("in"), Path("q"))
    assert asked.named["on_bad_rows"] == "quarantine"
    assert done.stdout == "person: 2 rows in, 2 accepted, 0 set aside\nWrote q/quality.html.\n"
    assert done.stderr == "riskkit: a step\n"


def test_validate_writes_to_its_own_folder_and_refuses_bad_rows_unless_told(stand_in: Callable[..., Recorder]) -> None:
    asked = stand_in(inspect_module, "validate_source", "opened")
    stand_in(inspect_module, "describe_quality", [])
    run("validate", "--source", "in")
    assert asked.positional == ("native", Path("in"), Path("out/validate"))
    assert asked.named["on_bad_rows"] == "refuse"


def test_features_lists_those_of_a_scheme_without_a_source() -> None:
    done = run("features", SCHEME, "--list")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1].split()[0] == "age_years"


def test_features_lists_the_whole_catalogue_without_a_scheme() -> None:
    whole, part = run("features", "--list"), run("features", SCHEME, "--list")
    assert whole.exit_code == 0
    assert len(whole.stdout.splitlines()) > len(part.stdout.splitlines()) > 120


@pytest.mark.parametrize(
    ("options", "engine"),
    [
        ((), "DuckDBEngine"),
        (("--engine", "duckdb", "--memory", "8"), "DuckDBEngine"),
        (("--engine", "spark", "--master", "spark://h:7077"), "SparkEngine"),
    ],
)
def test_features_computes_on_the_engine_that_is_named(
    stand_in: Callable[..., Recorder], options: tuple[str, ...], engine: str
) -> None:
    asked = stand_in(apply_module, "build_source_features", pd.DataFrame({"person_id": ["A"]}))
    assert run("features", SCHEME, "--source", "in", *options).exit_code == 0
    chosen = asked.named["engine"]
    assert type(chosen).__name__ == engine
    assert getattr(chosen, "master", "") == ("spark://h:7077" if engine == "SparkEngine" else "")
    assert getattr(chosen, "memory_gb", 8) == (8 if "--memory" in options or engine == "SparkEngine" else 4)


def test_features_without_source_and_list_is_a_usage_error() -> None:
    done = run("features", SCHEME)
    assert done.exit_code == 2
    assert "--source" in done.stderr


def test_features_builds_the_members_of_the_day_that_is_given(stand_in: Callable[..., Recorder]) -> None:
    asked = stand_in(apply_module, "build_source_features", pd.DataFrame({"person_id": ["A", "B"], "age_years": 1.0}))
    done = run("features", SCHEME, "--source", "in", "--index-date", "2024-07-01", "--out", "m.parquet")
    assert asked.positional[1:] == (Path("in"), Path("m.parquet"))
    assert asked.named["index_date"] == date(2024, 7, 1)
    assert done.stdout == "Wrote 2 members with 2 columns to m.parquet.\n"


def test_a_date_in_another_form_is_a_usage_error() -> None:
    done = run("features", SCHEME, "--source", "in", "--index-date", "01.07.2024")
    assert done.exit_code == 2


def test_score_opens_the_model_first_and_counts_the_members(stand_in: Callable[..., Recorder]) -> None:
    opened = stand_in(apply_module, "open_bundle", "the bundle")
    asked = stand_in(apply_module, "score_source", pd.DataFrame({"person_id": ["A"] * 1234}))
    done = run("score", "--model", "models:/riskkit-synthetic@champion", "--source", "in", "--out", "s.parquet")
    assert opened.positional == ("models:/riskkit-synthetic@champion",)
    assert asked.positional == ("the bundle", Path("in"), Path("s.parquet"))
    assert (asked.named["index_date"], asked.named["on_bad_rows"]) == (None, "refuse")
    assert asked.named["explain"] == ["all"]
    wrote = "Wrote the scores of 1,234 members to s.parquet.\n"
    assert done.stdout == f"{wrote}Contributions and reasons by outcome: s_explanations\n"


def test_score_explains_the_outcomes_that_are_named_or_none(stand_in: Callable[..., Recorder]) -> None:
    stand_in(apply_module, "open_bundle", "the bundle")
    asked = stand_in(apply_module, "score_source", pd.DataFrame({"person_id": ["A"]}))
    given = ("score", "--model", "m", "--source", "in", "--out", "s.parquet")
    assert "s_explanations" in run(*given, "--explain", "admission", "--explain", "payment_cost").stdout
    assert asked.named["explain"] == ["admission", "payment_cost"]
    assert run(*given, "--explain", "none").stdout == "Wrote the scores of 1 members to s.parquet.\n"


def test_rates_says_whether_the_budget_is_met(stand_in: Callable[..., Recorder]) -> None:
    stand_in(apply_module, "open_bundle", "the bundle")
    asked = stand_in(apply_module, "rate_source", SimpleNamespace(certificate=CERTIFICATE, table=pd.DataFrame()))
    done = run("rates", "--model", "out/demo", "--source", "in", "--policy", "half.toml", "--out", "r")
    assert asked.positional == ("the bundle", Path("in"), Path("r"))
    assert asked.named["policy"] == Path("half.toml")
    assert done.stdout.splitlines() == [
        "Rates: 2 members, budget 50.00 CNY, allocated 50.00, difference 0 minor units",
        "Table, ledger, certificate and bundle: r",
    ]


def test_train_overrides_the_effort_and_names_the_summary(stand_in: Callable[..., Recorder]) -> None:
    asked = stand_in(retrain_module, "train_only", summary())
    done = run("train", SCHEME, "--source", "in", "--out", "t", "--trials", "0", "--bootstrap", "20")
    scheme = asked.positional[0]
    assert (scheme.file.run.tuning_trials, scheme.file.run.n_bootstrap) == (0, 20)
    assert asked.positional[1:] == (Path("in"), Path("t"))
    assert done.stdout.splitlines()[-1] == "Report: t/report.html"
    assert "Registered" not in done.stdout


def test_retrain_names_version_alias_and_report(stand_in: Callable[..., Recorder]) -> None:
    asked = stand_in(retrain_module, "retrain", SimpleNamespace(summary=summary(), version="4"))
    done = run("retrain", SCHEME, "--source", "in", "--out", "r", "--on-bad-rows", "quarantine")
    assert done.exit_code == 0
    assert asked.named["on_bad_rows"] == "quarantine"
    assert done.stdout.splitlines()[-2:] == [
        "Registered: riskkit-synthetic version 4, alias champion",
        "Report: r/report.html",
    ]


@pytest.mark.parametrize(("command", "function"), [("train", "train_only"), ("retrain", "retrain")])
def test_a_failed_gate_is_an_error_after_everything_was_said(
    command: str, function: str, stand_in: Callable[..., Recorder]
) -> None:
    failed = summary("fail")
    stand_in(retrain_module, function, failed if command == "train" else SimpleNamespace(summary=failed, version="4"))
    done = run(command, SCHEME, "--source", "in")
    assert isinstance(done.exception, AcceptanceError)
    assert "Gates: 1 fail (admission.oe_ratio 1.200)" in done.stdout
    assert ("alias challenger" in done.stdout) == (command == "retrain")


def test_demo_makes_its_members_and_retrains_on_them(stand_in: Callable[..., Recorder], tmp_path: Path) -> None:
    asked = stand_in(retrain_module, "retrain", SimpleNamespace(summary=summary(), version="1"))
    out = tmp_path / "demo"
    done = run("demo", "--persons", "500", "--seed", "3", "--trials", "0", "--out", str(out))
    assert done.exit_code == 0
    assert asked.positional[0].name == "synthetic"
    assert asked.positional[1:] == (out / "source", out)
    assert len(pd.read_parquet(out / "source" / "person.parquet")) == 500
    assert done.stderr.startswith("riskkit: make members\n")
    assert done.stdout.splitlines()[-1] == f"Report: {out / 'report.html'}"


def test_synth_writes_the_tables_and_their_truth_for_as_many_years_as_asked(tmp_path: Path) -> None:
    out = tmp_path / "source"
    done = run("synth", "--persons", "50", "--years", "2", "--seed", "1", "--out", str(out))
    assert done.exit_code == 0
    assert done.stdout == f"Wrote 50 members of 2020 to 2021, and truth.parquet, to {out}.\n"
    assert done.stderr == "riskkit: members drawn\n"
    assert len(pd.read_parquet(out / "person.parquet")) == 50
    # the truth stands at the beginning of each year, and of the one after the data
    years = pd.to_datetime(pd.read_parquet(out / "truth.parquet")["index_date"]).dt.year
    assert sorted(years.unique()) == [2020, 2021, 2022]


def test_synth_refuses_years_that_no_source_may_hold_and_says_what_to_give(tmp_path: Path) -> None:
    done = run("synth", "--persons", "10", "--years", "30", "--out", str(tmp_path / "source"))
    assert done.exit_code == 2
    assert "30 years from 2020 end in 2049" in done.stderr.replace("\n", " ")
    assert "--first-year" in done.stderr
    assert not (tmp_path / "source").exists()


def test_report_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from riskkit.report import render as render_module

    monkeypatch.setattr(render_module, "write_report", lambda out: out / "report.html")
    assert run("report", "--out", "r").stdout == "Report: r/report.html\n"


def test_serve_listens_on_this_machine_alone_unless_told(
    stand_in: Callable[..., Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = Recorder(None)
    monkeypatch.setitem(sys.modules, "uvicorn", SimpleNamespace(run=served))
    monkeypatch.setitem(sys.modules, "riskkit.serving.app", SimpleNamespace(make_app=lambda bundle: f"app of {bundle}"))
    stand_in(apply_module, "open_bundle", "the bundle")
    assert run("serve", "--model", "out/demo", "--port", "8123").exit_code == 0
    assert served.positional == ("app of the bundle",)
    assert (served.named["host"], served.named["port"]) == ("127.0.0.1", 8123)


def test_serve_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = run("serve", "--model", "out/demo")
    assert isinstance(done.exception, RiskkitError)
    assert "Install riskkit[serve]" in str(done.exception)


def test_without_a_command_the_help_is_shown_with_every_command() -> None:
    done = run()
    for command in (
        "init",
        "demo",
        "synth",
        "validate",
        "features",
        "train",
        "score",
        "rates",
        "report",
        "retrain",
        "serve",
    ):
        assert f" {command} " in done.output


@pytest.mark.parametrize("option", ["--last-scores", "--prior"])
def test_the_worklist_reads_last_tiers_under_both_names(option: str, stand_in: Callable[..., Recorder]) -> None:
    stand_in(apply_module, "open_bundle", "the bundle")
    listed = {"services": 2, "late": 1, "teams": 2, "tier_files": {"changes": CHANGES}}
    asked = stand_in(worklist_module, "write_worklist", listed)
    done = run("worklist", "--model", "m", "--source", "in", option, "l.parquet", "--overrides", "o.csv")
    assert done.exit_code == 0
    assert done.stdout == (
        "Tiers: 1 held (minimum_stay 1), 0 raised\n"
        "Overrides: of 2, 1 names nobody among the members and is left out (row 2: 5f2a)\n"
        "Wrote 2 services due, 1 of them late, for 2 teams to out/worklist.\n"
    )
    assert asked.positional[3].tier_files == FILES


def test_score_rates_and_retrain_hand_on_last_tiers_and_overrides(stand_in: Callable[..., Recorder]) -> None:
    tiers = pd.DataFrame({"risk_tier": ["high"], "model_tier": ["low"], "tier_reason": ["minimum_stay"]})
    stand_in(apply_module, "open_bundle", "the bundle")
    left_out = "Overrides: of 2, 1 names nobody among the members and is left out (row 2: 5f2a)"
    counted = stand_in(tier_files_module, "summarise_tier_files", {"changes": CHANGES})
    given = ("--source", "in", "--last-scores", "l.parquet", "--overrides", "o.csv")
    score = stand_in(apply_module, "score_source", tiers)
    said = run("score", "--model", "m", "--explain", "none", *given).stdout
    first = f"Tiers: 1 held (minimum_stay 1), 0 raised\n{left_out}\n"
    assert said == f"{first}Wrote the scores of 1 members to out/scores.parquet.\n"
    assert counted.positional == (FILES, tiers)
    rates = stand_in(apply_module, "rate_source", SimpleNamespace(certificate=CERTIFICATE, table=tiers))
    assert run("rates", "--model", "m", *given).stdout.startswith(f"{first}Rates: ")
    again = stand_in(retrain_module, "retrain", SimpleNamespace(summary=summary(), version="4"))
    assert run("retrain", SCHEME, *given).exit_code == 0
    for asked in (score, rates, again):
        assert asked.named["tier_files"] == FILES


def test_update_hands_on_whose_source_it_is_and_says_whether_a_bundle_is_written(
    stand_in: Callable[..., Recorder],
) -> None:
    drift = {"index_date": "2023-01-01", "outcomes": {"a": {"message": "A: it is refused."}}, "not_judged": {}}
    gate = {"name": "a.drift", "outcome": "a", "figure": 5.0, "limit": "0.33 to 3", "verdict": "fail"}
    told = {"seen": None, "drift": drift, "rates_dropped": False, "bundle_written": False, "gates": [gate]}
    stand_in(apply_module, "open_bundle", "the bundle")
    asked = stand_in(update_module, "update_bundle", told)
    given = ("update", "--model", "m", "--source", "in", "--index-date", "2023-01-01", "--out", "u")
    done = CliRunner().invoke(app, [*given, "--other-persons"])
    assert asked.named["other_persons"] is True
    assert done.stdout.splitlines()[-2:] == ["A model is refused: no bundle is written.", "Summary: u"]
    assert "No bundle is written" in str(done.exception)

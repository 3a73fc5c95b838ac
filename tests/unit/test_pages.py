"""The pages hold: shipped and shown policies read, citations resolve, commands exist, examples say what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.house import FILES, ROOT, read

POLICIES = [path for path in FILES if path.parts[0] in {"models", "pipelines"} and path.suffix == ".toml"]


def read_any_policy(path: Path) -> object:
    """Read a policy or scheme file by the folder it stands in."""
    import riskkit
    from riskkit.data.view_policy import read_view
    from riskkit.risk.spec import read_outcome_spec
    from riskkit.stress.reading import read_stress_policy
    from riskkit.tiers.follow_up import FollowUpPolicy
    from riskkit.workflow.audit_policy import AuditPolicy
    from riskkit.workflow.update import DriftPolicy

    kind = path.parts[-2]
    if kind == "pipelines":
        return riskkit.read_scheme(path)
    if kind == "outcomes":
        return read_outcome_spec(path)
    if "settlement" in path.parts:
        return read_settlement_policy(path, kind)
    if kind == "views":
        return read_view(path)
    if kind == "stress":
        return read_stress_policy(path)
    models = {"tiers": riskkit.TierPolicy, "rates": riskkit.RatePolicy}
    models |= {"followup": FollowUpPolicy, "audit": AuditPolicy, "drift": DriftPolicy}
    return riskkit.read_policy(path, models[kind])


def read_settlement_policy(path: Path, kind: str) -> object:
    """Read a policy, a scorecard or a monitor policy of the settlement by its folder."""
    import riskkit
    from riskkit.settlement.monitor_policy import MonitorPolicy
    from riskkit.settlement.policy import SettlementPolicy
    from riskkit.settlement.scorecard_policy import Scorecard

    if kind == "scorecards":
        return riskkit.read_policy(path, Scorecard)
    return riskkit.read_policy(path, MonitorPolicy if kind == "monitors" else SettlementPolicy)


@pytest.mark.parametrize("path", POLICIES, ids=str)
def test_every_shipped_policy_reads(path: Path) -> None:
    assert read_any_policy(ROOT / path)


def test_every_scheme_finds_its_features() -> None:
    import riskkit

    for path in POLICIES:
        if path.parts[0] == "pipelines":
            scheme = riskkit.read_scheme(ROOT / path)
            block = scheme.file.features
            assert riskkit.plan_features(scheme.codelist_directory, block.groups, block.names).chosen.features


def test_the_files_of_the_schemes_page_read(tmp_path: Path) -> None:
    import riskkit

    riskkit.write_starting_set(tmp_path / "county")
    blocks = re.findall(r"```toml\n# (\S+\.toml)\n(.*?)```", read("docs/schemes.md"), re.DOTALL)
    for name, text in blocks:
        (tmp_path / "county" / name).write_text(text, encoding="utf-8")
    assert len(blocks) == 4
    for name, _ in blocks:
        assert read_any_policy(tmp_path / "county" / name)


def test_every_source_that_a_policy_cites_is_listed() -> None:
    listed, methods = read("docs/references.md"), read("docs/methods.md")
    for path in FILES:
        if path.suffix in {".toml", ".py"} and path.parts[0] in {"models", "pipelines", "riskkit", "tests"}:
            text = read(path)
            for cited in re.findall(r"POLICY_RULES ((?:C\d+(?:, )?)+)", text):
                for rule in re.findall(r"C\d+", cited):
                    assert f"| {rule} |" in listed, f"{path}: POLICY_RULES {rule}"
            for cited in re.findall(r"POLICY_RULES [^)\"]*", text):
                for rule in re.findall(r"\bN\d+", cited):
                    assert re.search(rf"^\|[^|]*\b{rule}\b[^|]*\|", listed, re.MULTILINE), (
                        f"{path}: POLICY_RULES {rule}"
                    )
            for number in re.findall(r"contradictions? (\d+)", text):
                assert f"| {number} |" in listed, f"{path}: contradiction {number}"
            for source in re.findall(r'"(S\d): ', text):
                assert f"| {source} |" in listed, f"{path}: {source}"
            for section in re.findall(r"METHODS (?:section )?(\d+)", text):
                assert f"\n## {section}. " in methods, f"{path}: METHODS {section}"
            for letter in re.findall(r"METHODS 5 \((\w)\)", text):
                assert f"- **({letter}) " in methods, f"{path}: METHODS 5 ({letter})"


def test_every_command_in_a_document_exists_with_its_options() -> None:
    from typer.main import get_command

    from riskkit.cli import app

    commands = get_command(app).commands  # type: ignore[attr-defined]  # a group, as the app has many commands
    shown = set()
    for path in FILES:
        if path.suffix == ".md":
            fenced = "\n".join(re.findall(r"^```\w*\n(.*?)^```", read(path), re.MULTILINE | re.DOTALL))
            for name, rest in re.findall(r"^(?:\.venv/bin/)?riskkit (\w+)(.*)$", fenced, re.MULTILINE):
                below = getattr(commands[name], "commands", {})
                asked = below.get(rest.split()[0] if rest.split() else "", commands[name])
                options = {option for one in asked.params for option in one.opts}
                assert set(re.findall(r"(?<!\S)--[\w-]+", rest)) <= options, f"{path}: riskkit {name}{rest}"
                shown |= {name} if path.name == "README.md" else set()
    assert shown == set(commands)


def test_every_command_has_an_example() -> None:
    from typer.main import get_command

    from riskkit.cli import app

    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # as above
        assert command.help, name
        assert (command.epilog or "").startswith(f"Example: riskkit {name}"), name
        for below, one in getattr(command, "commands", {}).items():
            assert one.help, below
            assert (one.epilog or "").startswith(f"Example: riskkit {name} {below}"), below


def test_the_worked_example_says_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = re.findall(r"```python\n(.*?)```\n\n```\n(.*?)```", read("README.md"), re.DOTALL)[0]
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102  the document is the test
    assert capsys.readouterr().out == said
    assert len(code.splitlines()) <= 20


def test_the_exit_codes_of_the_document_are_those_of_the_errors() -> None:
    import riskkit

    table = dict(re.findall(r"^\| (\d+) \| (\w+)", read("README.md"), re.MULTILINE))
    named = {"10": "data", "11": "policy", "12": "leakage", "13": "acceptance", "14": "model"}
    assert named.items() <= table.items()
    errors = ["DataContractError", "PolicyError", "LeakageError", "AcceptanceError", "ModelStoreError"]
    assert [str(getattr(riskkit, name).exit_code) for name in errors] == list(named)

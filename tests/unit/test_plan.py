"""The plan is the house: ARCHITECTURE.md, the layers, and the files that run, pin and pack the project."""

from __future__ import annotations

import re
import tomllib

from tests.unit.house import FILES, ROOT, read


def planned_files() -> tuple[set[str], set[str]]:
    """Files that ARCHITECTURE.md's tree names, and folders whose content it leaves open with an ellipsis."""
    tree = read("ARCHITECTURE.md").split("```tree\n")[1].split("\n```")[0]
    files, open_folders, stack = set(), set(), []
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        stack = stack[:depth]
        first = line.split()[0]
        if first.endswith("/"):
            stack.append(first)
            continue
        folder = "".join(stack)
        if first == "...":
            open_folders.add(folder)
            continue
        is_python = folder.startswith("riskkit/")
        files |= {folder + (name if "." in name or not is_python else f"{name}.py") for name in line.split()}
    return files, open_folders


def test_the_plan_is_the_house() -> None:
    planned, open_folders = planned_files()
    real = {path.as_posix() for path in FILES if path.name != "__init__.py" or len(path.parts) == 2}
    real = {name for name in real if not name.startswith(tuple(open_folders))}
    assert sorted(real - planned) == [], "ARCHITECTURE.md lacks them in its tree"
    assert sorted(planned - real) == [], "ARCHITECTURE.md names them in its tree, and they are not there"
    for folder in open_folders:
        assert any(path.as_posix().startswith(folder) and path.name.startswith("test_") for path in FILES), folder


def test_the_layers_of_the_plan_are_those_that_are_checked() -> None:
    contract = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]
    written = read("ARCHITECTURE.md").split("exhaustively")[1].split("```\n")[1].split("\n```")[0].splitlines()
    assert contract["exhaustive"] is True
    assert not contract.get("ignore_imports")
    assert [layer.strip("()") for layer in contract["layers"]] == written


def test_every_link_in_a_document_leads_somewhere() -> None:
    for path in FILES:
        if path.suffix == ".md":
            for target in re.findall(r"\]\(([^)#\s]+)", read(path)):
                assert target.startswith("https://") or (ROOT / path.parent / target).exists(), f"{path}: {target}"


def test_make_has_its_targets() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    assert {"demo", "test", "lint", "bench"} <= targets


def test_mlflow_has_its_entry_points_and_each_names_a_command() -> None:
    import yaml

    entries = yaml.safe_load(read("MLproject"))["entry_points"]
    assert set(entries) == {"main", "features", "train", "score", "rates"}
    for name, entry in entries.items():
        command = re.search(r"riskkit (\w+)", entry["command"])
        assert command is not None
        assert command.group(1) == ("retrain" if name == "main" else name)
        assert set(re.findall(r"\{(\w+)\}", entry["command"])) == set(entry["parameters"])


def test_every_direct_dependency_has_an_exact_version() -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads(read("pyproject.toml"))["project"]
    asked = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    pins: dict[str, list[Requirement]] = {}
    for line in read("constraints.txt").splitlines():
        if line and not line.lstrip().startswith("#"):
            pin = Requirement(line)
            assert [clause.operator for clause in pin.specifier] == ["=="], line
            pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    for requirement in map(Requirement, asked):
        found = pins.get(canonicalize_name(requirement.name), [])
        assert found, f"constraints.txt has no {requirement.name}"
        for pin in found:
            version = next(iter(pin.specifier)).version
            assert requirement.specifier.contains(version), f"{requirement} against {pin}"


def test_a_wheel_carries_the_shipped_policies_where_they_are_looked_for() -> None:
    from riskkit.data import presets

    targets = tomllib.loads(read("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    inside = presets.PLACES[0].relative_to(ROOT).as_posix()
    assert targets == {folder: f"{inside}/{folder}" for folder in presets.FOLDERS}

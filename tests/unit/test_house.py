"""The house is small and tidy: entries, modules, functions, arguments, and what no file may hold."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator

from tests.unit.house import FILES, read

MOST_ROOT_ENTRIES = 20
MOST_LINES, MEDIAN_LINES = 300, 150
MOST_ARGUMENTS, MOST_POSITIONAL = 10, 6
LONGEST_BODY, MEDIAN_BODY, NINTH_DECILE_BODY = 40, 8, 25
MODULES = [path for path in FILES if path.parts[0] == "riskkit" and path.suffix == ".py"]


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, ast.FunctionDef):
                yield f"{path}:{node.lineno} {node.name}", node


def body_lines(function: ast.FunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_the_root_has_at_most_twenty_entries() -> None:
    assert len({path.parts[0] for path in FILES}) <= MOST_ROOT_ENTRIES


def test_modules_are_short() -> None:
    lines = {str(path): len(read(path).splitlines()) for path in MODULES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}
    assert statistics.median(lines.values()) <= MEDIAN_LINES


def test_functions_are_short() -> None:
    lines = {place: body_lines(function) for place, function in functions()}
    assert {place: count for place, count in lines.items() if count > LONGEST_BODY} == {}
    assert statistics.median(lines.values()) <= MEDIAN_BODY
    assert statistics.quantiles(lines.values(), n=10)[-1] <= NINTH_DECILE_BODY


def test_functions_take_few_arguments() -> None:
    for place, function in functions():
        every = function.args
        positional = [one.arg for one in every.posonlyargs + every.args if one.arg not in {"self", "cls"}]
        assert len(positional) + len(every.kwonlyargs) <= MOST_ARGUMENTS, place
        private = function.name.startswith("_") and function.name != "__init__"
        assert private or len(positional) <= MOST_POSITIONAL, place


def test_each_module_says_its_one_idea_in_its_first_line() -> None:
    for path in MODULES:
        first = (ast.get_docstring(ast.parse(read(path))) or "").split("\n")[0]
        assert len(first) > 20, path
        assert path.stem not in {"utils", "helpers", "common", "base", "manager", "misc"}, path


def test_the_package_prints_nothing_swallows_nothing_and_leaves_no_reminders() -> None:
    reminder = re.compile(r"#.*\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
    for path in MODULES:
        text = read(path)
        assert not reminder.search(text), path
        for node in ast.walk(ast.parse(text)):
            where = f"{path}:{getattr(node, 'lineno', 0)}"
            assert not (isinstance(node, ast.ExceptHandler) and node.type is None), where
            assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"), (
                where
            )
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not {"pickle", "joblib", "cloudpickle"} & set(names), where


def test_an_ignored_type_error_says_why() -> None:
    bare = re.compile(r"# type: ignore(\[[\w-]+(, ?[\w-]+)*\])?\s*$", re.MULTILINE)
    assert [str(path) for path in MODULES if bare.search(read(path))] == []


def test_no_file_names_a_machine_or_a_package_index() -> None:
    index = "|".join(
        ["pypi" + r"\.org", "python" + "hosted", "arti" + "factory", r"index" + "-url", r"find" + "-links"]
    )
    machine = r"(?<![\w./~-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"]) + r")/\w"
    pattern = re.compile(f"{index}|{machine}")
    for path in FILES:
        if path.suffix in {".png", ".lgb", ".parquet"}:
            continue
        found = pattern.search(read(path))
        assert found is None, f"{path}: {found.group() if found else ''}"

"""Code lists: prefixes of diagnosis codes read from files, and the codes of a source matched to their groups."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pandas as pd
from sqlglot import exp

from riskkit.data.csv_table import HEADER_ROWS, read_csv_table
from riskkit.data.engine import fetch_rows, open_engine, open_tables
from riskkit.data.spelling import MARKS, explode_codes
from riskkit.data.vocabulary import LIST_VOCABULARIES
from riskkit.errors import DataContractError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

RANGE = re.compile(r"([A-Z]?)(\d+)-([A-Z]?)(\d+)")
SHORTEST_PREFIX = 3
LIST_COLUMNS = ("list", "group", "vocabulary", "prefix", "points", "source", "version")


def read_code_list(path: str | Path) -> pd.DataFrame:
    """Read one code list and spell out its ranges.

    Parameters
    ----------
    path : str or pathlib.Path
        CSV in UTF-8 with the columns `list`, `group`, `vocabulary`, `prefix`, `points`, `source`, `version`. A prefix
        is a code (``E11.2``) or a range of equally long codes (``I20-I25``, ``585.3-585.6``). Points of 0 take a longer
        prefix out of a shorter one of the same group.

    Returns
    -------
    pandas.DataFrame of shape (n_prefixes, 7)
        The same columns, one row per normalised prefix of at least three characters; `points` is float64. Sorted by
        `list`, `group`, `vocabulary`, `prefix`.

    Raises
    ------
    PolicyError
        If the file is absent, not UTF-8, lacks a column or has no rows, or an entry is not a code, a range, a known
        vocabulary or points of 0 or more, or a prefix comes twice in a group.
    """
    file = Path(path)
    try:
        entries = read_csv_table(file, encodings=("utf-8",), blanks_missing=False)
    except DataContractError as exc:
        if not file.exists():
            message = (
                f"{file}: no such code list. Give an existing CSV file, or write a starting set with 'riskkit init "
                "DIR'."
            )
            raise PolicyError(message) from exc
        raise PolicyError(str(exc)) from exc
    _check_entries(file, entries)
    lines = entries.index + HEADER_ROWS
    entries["prefix"] = [_expand(file, line, prefix) for line, prefix in zip(lines, entries["prefix"], strict=True)]
    prefixes = entries.explode("prefix", ignore_index=True)[[*LIST_COLUMNS]]
    prefixes["prefix"] = prefixes["prefix"].astype("str")
    prefixes["points"] = prefixes["points"].astype("float64")
    _check_twice(file, prefixes)
    return prefixes.sort_values(["list", "group", "vocabulary", "prefix"], ignore_index=True)


def read_code_lists(directory: str | Path) -> pd.DataFrame:
    """Read every code list of a folder.

    Parameters
    ----------
    directory : str or pathlib.Path
        Folder of CSV files; see :func:`read_code_list`.

    Returns
    -------
    pandas.DataFrame of shape (n_prefixes, 7)
        The lists one after another, by file name.

    Raises
    ------
    PolicyError
        If the folder holds no code list, or one of them cannot be read.
    """
    folder = Path(directory)
    files = sorted(folder.glob("*.csv"))
    if not files:
        message = f"{folder}: no code list (*.csv) there. Give the folder of code lists, such as models/codelists."
        raise PolicyError(message)
    return pd.concat([read_code_list(file) for file in files], ignore_index=True)


def match_prefixes(codes: pd.DataFrame, code_list: pd.DataFrame) -> pd.DataFrame:
    """Match each distinct code to all groups that it belongs to.

    Within one list and group the longest prefix of a code decides its points; where both halves of a pair belong to the
    same group the higher points stand.

    Parameters
    ----------
    codes : pandas.DataFrame
        Columns `code`, `vocabulary`; rows may repeat.
    code_list : pandas.DataFrame
        Prefixes from :func:`read_code_list` or :func:`read_code_lists`.

    Returns
    -------
    pandas.DataFrame of shape (n_matches, 5)
        `code` and `vocabulary` as given, `list`, `group`, `points` (> 0); sorted, one row per code and group.

    Raises
    ------
    DataContractError
        If a vocabulary is unknown.

    Examples
    --------
    >>> prefixes = pd.DataFrame({"list": "dcsi", "group": "cardiovascular", "vocabulary": "who_cn",
    ...                          "prefix": ["I25", "I252"], "points": [1.0, 2.0]})
    >>> codes = pd.DataFrame({"code": ["I25.103", "I25.2", "J44"], "vocabulary": "who_cn"})
    >>> match_prefixes(codes, prefixes)[["code", "points"]].values.tolist()
    [['I25.103', 1.0], ['I25.2', 2.0]]
    """
    parts = explode_codes(codes)
    found = [
        parts.assign(prefix=parts["normalised"].str.slice(0, length), length=length).merge(
            code_list.loc[code_list["prefix"].str.len().eq(length)], on=["vocabulary", "prefix"]
        )
        for length in sorted(code_list["prefix"].str.len().unique())
    ]
    key = ["code", "vocabulary", "list", "group"]
    columns = [*key, "points"]
    if not any(len(frame) for frame in found):
        return pd.DataFrame({name: pd.Series(dtype="float64" if name == "points" else "str") for name in columns})
    matches = pd.concat(found, ignore_index=True).sort_values("length")
    decided = matches.drop_duplicates([*key, "normalised"], keep="last").groupby(key, as_index=False)["points"].max()
    held: pd.DataFrame = decided[decided["points"].gt(0)]
    return held[columns].sort_values(key, ignore_index=True)


def build_code_map(tables: Mapping[str, Path | pd.DataFrame], code_lists: pd.DataFrame) -> pd.DataFrame:
    """Match the codes that occur in a source to their groups, ready to be joined to its diagnoses.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; only ``diagnosis`` is read, and may be absent.
    code_lists : pandas.DataFrame
        Prefixes from :func:`read_code_lists`.

    Returns
    -------
    pandas.DataFrame of shape (n_matches, 4)
        `code`, `vocabulary`, `code_group` (``list:group``), `points`; sorted.

    Raises
    ------
    DataContractError
        If a vocabulary is unknown.
    """
    with open_engine() as engine:
        open_tables(engine, {"diagnosis": tables["diagnosis"]} if "diagnosis" in tables else {})
        rows = fetch_rows(engine, exp.select("code", "vocabulary").distinct().from_("diagnosis"))
    matches = match_prefixes(pd.DataFrame(rows, columns=["code", "vocabulary"], dtype="str"), code_lists)
    named = matches.assign(code_group=matches["list"] + ":" + matches["group"])
    return named[["code", "vocabulary", "code_group", "points"]]


def count_unmatched(codes: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """Count the rows of each code that no group holds.

    Parameters
    ----------
    codes : pandas.DataFrame
        Columns `code`, `vocabulary`, one row per diagnosis.
    matches : pandas.DataFrame
        From :func:`match_prefixes`, of the lists in question.

    Returns
    -------
    pandas.DataFrame of shape (n_unmatched, 3)
        `code`, `vocabulary`, `rows`; the most frequent first.

    Examples
    --------
    >>> codes = pd.DataFrame({"code": ["J44", "J44", "I10"], "vocabulary": "who_cn"})
    >>> held = pd.DataFrame({"code": ["I10"], "vocabulary": ["who_cn"]})
    >>> count_unmatched(codes, held).values.tolist()
    [['J44', 'who_cn', 2]]
    """
    key = ["code", "vocabulary"]
    counts = codes[key].dropna().groupby(key, as_index=False).size().rename(columns={"size": "rows"})
    joined = counts.merge(matches[key].drop_duplicates(), on=key, how="left", indicator="found")
    unmatched = joined.loc[joined["found"].eq("left_only"), [*key, "rows"]]
    return unmatched.sort_values(["rows", *key], ascending=[False, True, True], ignore_index=True)


def _check_entries(file: Path, entries: pd.DataFrame) -> None:
    lacking = [name for name in LIST_COLUMNS if name not in entries]
    if lacking:
        _refuse(file, 1, f"columns {', '.join(entries.columns)}", f"a column {lacking[0]!r}")
    if entries.empty:
        _refuse(file, 2, "no entry", "at least one")
    tests = {
        "vocabulary": (~entries["vocabulary"].isin(LIST_VOCABULARIES), "one of " + ", ".join(LIST_VOCABULARIES)),
        "points": (~entries["points"].str.fullmatch(r"\d+(\.\d+)?"), "a number of 0 or more"),
        **{name: (entries[name].str.strip().eq(""), "a value") for name in ("list", "group", "source", "version")},
    }
    for name, (broken, expected) in tests.items():
        if broken.any():
            line = int(broken.to_numpy().argmax())
            _refuse(file, line + 2, f"{name} {entries[name].iloc[line]!r}", expected)


def _expand(file: Path, line: int, prefix: str) -> list[str]:
    """Spell out a range of codes; a single code stays as it is."""
    text = MARKS.sub("", prefix).upper()
    ends = RANGE.fullmatch(text)
    if ends is None:
        if len(text) < SHORTEST_PREFIX or not text.isalnum():
            _refuse(file, line, f"prefix {prefix!r}", "a code of at least three characters, or a range such as I20-I25")
        return [text]
    letter, first, last_letter, last = ends.groups()
    width = len(first)
    if letter != last_letter or width != len(last) or int(first) > int(last) or len(letter) + width < SHORTEST_PREFIX:
        _refuse(file, line, f"range {prefix!r}", "a rising range of equally long codes under one letter")
    return [f"{letter}{number:0{width}d}" for number in range(int(first), int(last) + 1)]


def _check_twice(file: Path, prefixes: pd.DataFrame) -> None:
    key = ["list", "group", "vocabulary", "prefix"]
    twice = prefixes.loc[prefixes.duplicated(key), key]
    if len(twice):
        found = f"{len(twice)} prefixes that come twice (first {' '.join(twice.iloc[0])})"
        _refuse(file, None, found, "each prefix once per list, group and vocabulary")


def _refuse(file: Path, line: int | None, found: str, expected: str) -> NoReturn:
    place = f"{file} line {line}" if line else f"{file}"
    message = f"{place}: found {found}, expected {expected}. Correct the entry."
    raise PolicyError(message)

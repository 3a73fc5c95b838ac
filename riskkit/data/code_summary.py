"""A summary of the diagnosis codes of a source: how many no list holds, how many are no code at all, and which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from sqlglot import exp

from riskkit.data.codes import match_prefixes
from riskkit.data.conflicts import Oddity
from riskkit.data.engine import fetch_rows, open_engine, open_tables
from riskkit.data.spelling import explode_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

SHAPES = {
    "who_cn": re.compile(r"[A-Z]\d{2}[0-9A-Z]{0,7}"),
    "icd10cm": re.compile(r"[A-Z]\d[0-9A-Z][0-9A-Z]{0,4}"),
    "icd9cm": re.compile(r"\d{3}\d{0,2}|V\d{2}\d{0,2}|E\d{3}\d?"),
}
"""What a normalised code of each vocabulary looks like."""

SHOWN = 5
MALFORMED_LIMIT = 0.01
UNMAPPED_LIMIT = 0.75


@dataclass(frozen=True)
class CodeSummary:
    """The codes of one vocabulary.

    Parameters
    ----------
    vocabulary : str
        The vocabulary.
    rows, codes : int
        Diagnoses, and different codes.
    unmapped_rows, unmapped_codes : int
        Those that no code list holds.
    malformed_rows, malformed_codes : int
        Those that no code of the vocabulary can look like.
    examples : tuple of str
        The most frequent codes that no list holds.
    malformed_examples : tuple of str
        The most frequent malformed ones.
    """

    vocabulary: str
    rows: int
    codes: int
    unmapped_rows: int
    unmapped_codes: int
    malformed_rows: int
    malformed_codes: int
    examples: tuple[str, ...]
    malformed_examples: tuple[str, ...]

    @property
    def unmapped_share(self) -> float:
        """Share of the diagnoses whose code is in no list."""
        return self.unmapped_rows / self.rows if self.rows else 0.0

    @property
    def malformed_share(self) -> float:
        """Share of the diagnoses whose code is none."""
        return self.malformed_rows / self.rows if self.rows else 0.0


def is_well_formed(normalised: str, vocabulary: str) -> bool:
    """Say whether a normalised code looks like a code of its vocabulary.

    Parameters
    ----------
    normalised : str
        From `riskkit.data.spelling.normalise_code`.
    vocabulary : {"who_cn", "icd10cm", "icd9cm"}
        The vocabulary.

    Returns
    -------
    bool
        True where its letters and digits stand where they must; the code need not exist.

    Examples
    --------
    >>> is_well_formed("E11200X001", "who_cn"), is_well_formed("DIABETES", "who_cn"), is_well_formed("25083", "icd9cm")
    (True, False, True)
    """
    return SHAPES[vocabulary].fullmatch(normalised) is not None


def summarise_codes(tables: Mapping[str, Path | pd.DataFrame], code_lists: pd.DataFrame) -> list[CodeSummary]:
    """Count the diagnoses whose code is in no list, or is none.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; only ``diagnosis`` is read, and may be absent.
    code_lists : pandas.DataFrame
        Prefixes from `riskkit.data.codes.read_code_lists`.

    Returns
    -------
    list of CodeSummary
        One for each vocabulary that occurs.
    """
    with open_engine() as engine:
        open_tables(engine, {"diagnosis": tables["diagnosis"]} if "diagnosis" in tables else {})
        counted = exp.select("code", "vocabulary", exp.Count(this=exp.Star())).from_("diagnosis")
        rows = fetch_rows(engine, counted.group_by("code", "vocabulary"))
    codes = pd.DataFrame(rows, columns=["code", "vocabulary", "rows"])
    codes = codes.astype({"code": "str", "vocabulary": "str", "rows": "int64"})
    key = ["code", "vocabulary"]
    held = match_prefixes(codes[key], code_lists)[key].drop_duplicates().assign(mapped=True)
    parts = explode_codes(codes[key])
    shaped = [is_well_formed(*pair) for pair in zip(parts["normalised"], parts["vocabulary"], strict=True)]
    sound = parts.assign(sound=shaped).groupby(key, as_index=False)["sound"].all()
    codes = codes.merge(held, on=key, how="left").merge(sound, on=key, how="left")
    codes = codes.assign(mapped=codes["mapped"].eq(True), sound=codes["sound"].eq(True))
    codes = codes.sort_values(["rows", "code"], ascending=[False, True])
    return [_summarise(str(name), group) for name, group in codes.groupby("vocabulary")]


def _summarise(vocabulary: str, codes: pd.DataFrame) -> CodeSummary:
    unmapped, malformed = codes[~codes["mapped"]], codes[~codes["sound"]]
    return CodeSummary(
        vocabulary=vocabulary,
        rows=int(codes["rows"].sum()),
        codes=len(codes),
        unmapped_rows=int(unmapped["rows"].sum()),
        unmapped_codes=len(unmapped),
        malformed_rows=int(malformed["rows"].sum()),
        malformed_codes=len(malformed),
        examples=tuple(unmapped["code"].head(SHOWN)),
        malformed_examples=tuple(malformed["code"].head(SHOWN)),
    )


def find_code_oddities(summaries: Iterable[CodeSummary]) -> list[Oddity]:
    """Say where too many codes are in no list, or are no code.

    Parameters
    ----------
    summaries : iterable of CodeSummary
        From `summarise_codes`.

    Returns
    -------
    list of Oddity
        None for a vocabulary whose codes are well spelt and mostly known.
    """
    found = []
    for item in summaries:
        if item.malformed_share > MALFORMED_LIMIT:
            example = ", ".join(item.malformed_examples)
            found.append(
                Oddity(
                    "diagnosis",
                    f"malformed {item.vocabulary} codes",
                    item.malformed_rows,
                    f"{item.malformed_share:.1%} of the codes that no {item.vocabulary} code can look like ({example})",
                    f"less than {MALFORMED_LIMIT:.0%}",
                    "Check the vocabulary and the export; these diagnoses count for nothing.",
                )
            )
        if item.unmapped_share > UNMAPPED_LIMIT:
            found.append(
                Oddity(
                    "diagnosis",
                    f"unmapped {item.vocabulary} codes",
                    item.unmapped_rows,
                    f"{item.unmapped_share:.1%} of the diagnoses in no code list ({', '.join(item.examples)})",
                    f"less than {UNMAPPED_LIMIT:.0%}",
                    "Check the vocabulary, or extend the lists in models/codelists.",
                )
            )
    return found

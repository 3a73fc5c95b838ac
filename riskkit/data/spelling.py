"""The spelling of diagnosis codes: pairs split, points and marks taken off, so that a prefix finds every variant."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from riskkit.data.vocabulary import LIST_VOCABULARIES
from riskkit.errors import DataContractError

MARKS = re.compile(r"[.+*†‡\s]")
PAIR = re.compile(r"[+†]\s*(?=\w)")
ICD9 = re.compile(r"([VE]?)(\d+)(?:\.(\d*))?")


def split_codes(code: str) -> list[str]:
    """Split a dagger-asterisk pair into its codes.

    Parameters
    ----------
    code : str
        One code, or a pair joined by ``+`` or a dagger.

    Returns
    -------
    list of str
        The codes as they were spelt; a trailing mark makes no second code.

    Examples
    --------
    >>> split_codes("E11.201+N08.3*")
    ['E11.201', 'N08.3*']
    >>> split_codes("E11.2+")
    ['E11.2+']
    """
    return PAIR.split(unicodedata.normalize("NFKC", code))


def normalise_code(code: str, vocabulary: str) -> str:
    """Write a code in the one spelling that prefixes are matched against.

    Upper case, without points, dagger and asterisk marks and blanks; full-width characters become plain ones. A Chinese
    extension stays at the end, where matching by prefix lets it fall off. Leading zeros that a spreadsheet took from an
    ICD-9-CM code are put back where the point, or fewer than three digits, show that they are missing.

    Parameters
    ----------
    code : str
        One code; split a pair first.
    vocabulary : {"who_cn", "icd10cm", "icd9cm"}
        The code's vocabulary.

    Returns
    -------
    str
        The normalised code; empty if nothing is left.

    Raises
    ------
    DataContractError
        If the vocabulary is unknown.

    Examples
    --------
    >>> normalise_code(" e11.200x001 ", "who_cn")
    'E11200X001'
    >>> normalise_code("H36.0*", "who_cn")
    'H360'
    >>> normalise_code("41.1", "icd9cm"), normalise_code("V1.2", "icd9cm")
    ('0411', 'V012')
    """
    _check_vocabulary(vocabulary)
    plain = unicodedata.normalize("NFKC", code).upper()
    if vocabulary == "icd9cm" and (parts := ICD9.fullmatch("".join(plain.split()))):
        letter, stem, rest = parts.groups()
        return letter + stem.zfill(2 if letter == "V" else 3) + (rest or "")
    return MARKS.sub("", plain)


def normalise_codes(codes: pd.Series[str], vocabulary: str) -> pd.Series[str]:
    """Normalise a column of codes, each distinct one once.

    Parameters
    ----------
    codes : pandas.Series of str
        Codes; missing ones stay missing. A pair is not split: its halves run together.
    vocabulary : {"who_cn", "icd10cm", "icd9cm"}
        Their vocabulary.

    Returns
    -------
    pandas.Series of str
        Normalised codes under the same index and name.

    Raises
    ------
    DataContractError
        If the vocabulary is unknown.

    Examples
    --------
    >>> normalise_codes(pd.Series(["250.83", "v27"]), "icd9cm").tolist()
    ['25083', 'V27']
    """
    _check_vocabulary(vocabulary)
    spelt = {code: normalise_code(code, vocabulary) for code in codes.dropna().unique()}
    return codes.map(spelt).astype("str")


def explode_codes(codes: pd.DataFrame) -> pd.DataFrame:
    """List each distinct code with the normalised codes that it holds.

    Parameters
    ----------
    codes : pandas.DataFrame
        Columns `code`, `vocabulary`; rows may repeat and codes may be missing.

    Returns
    -------
    pandas.DataFrame of shape (n_parts, 3)
        `code` and `vocabulary` as given, `normalised`; a dagger-asterisk pair has two rows. Sorted by all three.

    Raises
    ------
    DataContractError
        If a vocabulary is unknown.

    Examples
    --------
    >>> explode_codes(pd.DataFrame({"code": ["E11.2+N08.3*"], "vocabulary": ["who_cn"]}))["normalised"].tolist()
    ['E112', 'N083']
    """
    distinct = codes[["code", "vocabulary"]].dropna().drop_duplicates()
    rows = [
        (code, vocabulary, normalise_code(part, vocabulary))
        for code, vocabulary in distinct.itertuples(index=False)
        for part in split_codes(code)
    ]
    columns = ["code", "vocabulary", "normalised"]
    parts = pd.DataFrame(rows, columns=columns, dtype="str").drop_duplicates()
    return parts.sort_values(columns, ignore_index=True)


def _check_vocabulary(vocabulary: str) -> None:
    if vocabulary not in LIST_VOCABULARIES:
        message = (
            f"code vocabulary: found {vocabulary!r}, expected one of {', '.join(LIST_VOCABULARIES)}. "
            "Name the vocabulary."
        )
        raise DataContractError(message)

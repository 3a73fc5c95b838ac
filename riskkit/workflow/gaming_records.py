"""What a provider could write down: the records that the gaming audit adds to the claims of each member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from riskkit.features.derive import DERIVED
from riskkit.workflow.added_records import Addition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from riskkit.workflow.added_records import RecordSample

RECENT_DAYS: Final = 365
"""A record is added to a claim of the year before the index date: older ones lie outside most windows."""
EARLIER_DAYS: Final = 14
"""A visit or stay is repeated so many days before the one that it copies."""
OUTSIDE_HOSPITAL: Final = ("outpatient", "chronic_clinic", "professional", "emergency")
STANDING: Final = ("original", "replacement")
AMOUNTS: Final = ("allowed_amount", "paid_amount")


def list_additions(sample: RecordSample, names: Sequence[str], *, spend: float) -> list[Addition]:
    """List the changes that are tried, each by itself.

    A code is written on the latest visit of a member who has none of its group; on the latest visits of two dates; and
    on the latest stay. A visit or a stay is the latest one once more, with its diagnoses and its money. Spend is added
    to the bill of the latest visit. Everything happens in claims of the last year that were known by the index date.

    Parameters
    ----------
    sample : RecordSample
        Members and their records.
    names : sequence of str
        Features that the rate can move with: a code is tried for every group of codes that one of them reads.
    spend : float
        Currency added to a bill.

    Returns
    -------
    list of Addition
        By family: ``code``, ``code_twice``, ``code_stay``, ``visit``, ``stay``, ``spend``.
    """
    visits, stays = _find_claims(sample, OUTSIDE_HOSPITAL), _find_claims(sample, ("inpatient",))
    latest, stay = visits.drop_duplicates("person_id", keep="last"), stays.drop_duplicates("person_id", keep="last")
    codes = list(_choose_codes(sample, names))
    additions = []
    for family, claims in (("code", latest), ("code_twice", _find_two_dates(visits)), ("code_stay", stay)):
        additions += [_add_code(sample, code, claims, family=family) for code in codes]
    additions += [_repeat(sample, claims, family) for family, claims in (("visit", latest), ("stay", stay))]
    if len(latest):
        dearer = latest.assign(**{name: latest[name].fillna(0.0) + spend for name in AMOUNTS})
        additions.append(Addition("spend", "on the bill of the latest visit", {"medical_claim": dearer}))
    return additions


def _find_claims(sample: RecordSample, settings: Sequence[str]) -> pd.DataFrame:
    """Find the claims that stand, were known, and are of the last year, the latest last."""
    spine = sample.members.cohort[["person_id", "index_date", "as_of_date"]]
    claims = sample.tables["medical_claim"].merge(spine, on="person_id")
    start, known = claims["start_date"], claims["available_date"].dt.normalize()
    inside = (start < claims["index_date"]) & (start >= claims["index_date"] - pd.Timedelta(days=RECENT_DAYS))
    stand = claims["setting"].isin(settings) & claims["adjustment"].isin(STANDING)
    found = claims[inside & stand & (known <= claims["as_of_date"]) & (claims["end_date"] < claims["index_date"])]
    columns = list(sample.tables["medical_claim"].columns)
    ordered: pd.DataFrame = found.sort_values(["person_id", "start_date", "claim_id"], ignore_index=True)
    return ordered[columns]


def _find_two_dates(visits: pd.DataFrame) -> pd.DataFrame:
    """Keep the latest visit of each of the last two dates of the members who were seen on two."""
    by_date = visits.drop_duplicates(["person_id", "start_date"], keep="last")
    last = by_date.groupby("person_id").tail(2)
    both: pd.DataFrame = last[last.groupby("person_id")["claim_id"].transform("size") == 2]
    return both


def _choose_codes(sample: RecordSample, names: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Choose the gravest code of every group that the features read, the most frequent of them; each code once."""
    wanted = _find_groups(sample, names)
    times = sample.tables["diagnosis"].groupby(["code", "vocabulary"], as_index=False).size()
    known = sample.code_map[sample.code_map["code_group"].isin(wanted)]
    ranked = known.merge(times, on=["code", "vocabulary"]).sort_values(
        ["code_group", "points", "size", "code"], ascending=[True, False, False, True]
    )
    best = ranked.drop_duplicates("code_group")
    for (code, vocabulary), rows in best.groupby(["code", "vocabulary"], sort=True):
        yield str(code), str(vocabulary), rows["code_group"].tolist()


def _find_groups(sample: RecordSample, names: Sequence[str]) -> set[str]:
    """Find the groups of codes behind features and behind what derived ones are computed from."""
    known = {feature.name: feature for feature in sample.plan.everything.features}
    needed, pending = set(), [name for name in names if name in known]
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending += [one for one in (DERIVED[name].inputs if name in DERIVED else ()) if one in known]
    return {str(value) for name in needed for column, value in known[name].where if column == "code_group"}


def _add_code(sample: RecordSample, code: tuple[str, str, list[str]], claims: pd.DataFrame, *, family: str) -> Addition:
    """Write a code on claims of the members who have no code of its groups on record."""
    spelled, vocabulary, groups = code
    held, codes = sample.tables["diagnosis"], sample.code_map
    same = codes.loc[codes["code_group"].isin(groups), ["code", "vocabulary"]].drop_duplicates()
    holders = set(held.merge(same, on=["code", "vocabulary"])["person_id"])
    claims = claims[~claims["person_id"].isin(holders)]
    position = held.groupby("record_id")["position"].max().reindex(claims["claim_id"]).fillna(0).to_numpy() + 1
    rows = pd.DataFrame(
        {
            "record_id": claims["claim_id"].to_numpy(),
            "position": position,
            "person_id": claims["person_id"].to_numpy(),
            "date": claims["start_date"].to_numpy(),
            "available_date": claims["available_date"].to_numpy(),
            "code": spelled,
            "vocabulary": vocabulary,
            "source": claims["setting"].to_numpy(),
        }
    ).astype(held.dtypes.to_dict())
    return Addition(family, f"{spelled} ({', '.join(groups)})", {"diagnosis": rows})


def _repeat(sample: RecordSample, claims: pd.DataFrame, family: str) -> Addition:
    """Repeat a claim and its diagnoses some days earlier."""
    earlier, held = pd.Timedelta(days=EARLIER_DAYS), sample.tables["diagnosis"]
    again = claims.assign(claim_id="again-" + claims["claim_id"])
    copied = held[held["record_id"].isin(claims["claim_id"])]
    copied = copied.assign(record_id="again-" + copied["record_id"])
    rows = {"medical_claim": again, "diagnosis": copied}
    for frame, dates in ((again, ("start_date", "end_date", "available_date")), (copied, ("date", "available_date"))):
        for name in dates:
            frame[name] = frame[name] - earlier
    return Addition(family, f"the latest {family} once more", rows)

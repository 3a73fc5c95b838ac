"""FHIR R4: small bundles made by hand, broken ones, and the real bundles accounted for to the last resource."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.data.adapters.fhir import convert_fhir
from riskkit.data.adapters.report import AdapterReport
from riskkit.errors import DataContractError
from riskkit.workflow.source import open_source

SHARED = Path(__file__).parents[5] / "shared" / "data" / "fhir"
Resource = dict[str, Any]
Tables = dict[str, pd.DataFrame]

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RXNORM, ICD = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/icd-10-cm"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
SUBJECT = {"subject": {"reference": "Patient/p"}}
PATIENT: Resource = {
    "resourceType": "Patient",
    "id": "p",
    "gender": "female",
    "birthDate": "1950-05-01",
    "address": [{"state": "Ohio"}],
}


def coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def visit(name: str = "v", **other: Any) -> Resource:
    period = {"start": "2020-03-01T23:30:00-05:00", "end": "2020-03-04T01:00:00-05:00"}
    kind = {"resourceType": "Encounter", "id": name, "status": "finished", "class": {"code": "IMP"}}
    return {**kind, "period": period, "serviceProvider": {"reference": "Organization/o"}, **SUBJECT, **other}


def bill(kind: str, name: str, sort: str = "institutional", **other: Any) -> Resource:
    item = {"sequence": 1, "productOrService": {"text": "visit"}, "encounter": [{"reference": "Encounter/v"}]}
    body = {
        "resourceType": kind,
        "id": name,
        "status": "active",
        "type": coded(CLAIM_TYPE, sort),
        "use": "claim",
        "patient": {"reference": "Patient/p"},
        "created": "2020-03-20",
        "provider": {"reference": "Organization/o"},
        "insurance": [{"focal": True, "coverage": {"reference": "Coverage/c"}}],
        "item": [item],
    }
    if kind == "Claim":
        body |= {"priority": {"text": "normal"}, "total": {"value": 500, "currency": "USD"}}
        body["insurance"] = [{**body["insurance"][0], "sequence": 1}]
    else:
        body |= {"outcome": "complete", "insurer": {"reference": "Organization/i"}}
    return {**body, **other}


def part(category: str, value: float) -> Resource:
    return {"category": {"coding": [{"code": category}]}, "amount": {"value": value, "currency": "USD"}}


def result(name: str, code: str, value: float, unit: str | None, **other: Any) -> Resource:
    quantity = {"value": value} if unit is None else {"value": value, "unit": unit, "code": unit}
    head = {"resourceType": "Observation", "id": name, "status": "final", "code": coded(LOINC, code)}
    return {**head, **SUBJECT, "effectiveDateTime": "2020-03-02T22:00:00-05:00", "valueQuantity": quantity, **other}


def condition(name: str, code: Resource, **other: Any) -> Resource:
    return {"resourceType": "Condition", "id": name, "code": code, "onsetDateTime": "2020-02-28", **SUBJECT, **other}


def prescription(name: str = "m", **other: Any) -> Resource:
    head = {"resourceType": "MedicationRequest", "id": name, "status": "active", "intent": "order"}
    drug = {"medicationCodeableConcept": coded(RXNORM, "860975")}
    return {**head, **drug, **SUBJECT, "authoredOn": "2020-03-02", **other}


def bundle(*resources: Resource) -> str:
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]})


def read_target(target: Path) -> Tables:
    return {str(file.relative_to(target).with_suffix("")): pd.read_parquet(file) for file in target.rglob("*.parquet")}


def convert(folder: Path, *resources: Resource) -> tuple[Tables, AdapterReport]:
    """Convert one bundle, and hold the account: in = mapped + unmapped + quarantined."""
    source = folder / "source"
    source.mkdir()
    (source / "a.json").write_text(bundle(*resources), encoding="utf-8")
    report = convert_fhir(source, folder / "canonical")
    check_account(report)
    return read_target(folder / "canonical"), report


def check_account(report: AdapterReport) -> None:
    found = {name: int(str(report.reconciliation[name])) for name in ("mapped", "unmapped", "quarantined")}
    assert sum(found.values()) == report.reconciliation["resources"] == sum(report.rows_in.values())
    assert found["quarantined"] == report.rows_out.get("quarantine/resources", found["quarantined"])


def counted(report: AdapterReport) -> dict[tuple[str, str], int]:
    return {(item.what, item.reason): item.count for item in report.unmapped}


def test_a_stay_with_its_money_codes_and_dates_as_they_are_written(tmp_path: Path) -> None:
    # 500 asked, 320.10 paid, 30 + 50 the member's, so 400.10 allowed; the local days are 1 and 4 March, not UTC's.
    money = [part("submitted", 500), part("benefit", 320.10), part("copay", 30), part("deductible", 50)]
    surgery = {"resourceType": "Procedure", "id": "s", "status": "completed", "code": coded(SNOMED, "430193006")}
    at_visit = {"encounter": {"reference": "Encounter/v"}}
    tables, report = convert(
        tmp_path,
        PATIENT,
        visit(),
        bill("Claim", "c"),
        bill("ExplanationOfBenefit", "e", claim={"reference": "Claim/c"}, total=money),
        condition("d", coded(SNOMED, "44054006"), **at_visit),
        {**surgery, **SUBJECT, **at_visit, "performedDateTime": "2020-03-02T23:00:00-05:00"},
    )
    claim = tables["medical_claim"].iloc[0]
    assert (claim["claim_id"], claim["setting"], claim["facility_id"]) == ("ExplanationOfBenefit/e", "inpatient", "o")
    days = [str(claim[name])[:10] for name in ("start_date", "end_date", "available_date")]
    assert days == ["2020-03-01", "2020-03-04", "2020-03-20"]
    assert (claim["allowed_amount"], claim["paid_amount"], claim["member_amount"]) == (400.1, 320.1, 80.0)
    assert len(tables["medical_claim"]) == 1
    code = tables["diagnosis"].iloc[0]
    assert (code["code"], code["vocabulary"], code["source"]) == ("E11.9", "icd10cm", "inpatient")
    assert (str(code["date"])[:10], str(code["available_date"])[:10]) == ("2020-02-28", "2020-03-20")
    done = tables["procedure"].iloc[0]
    assert (done["claim_id"], done["code"], str(done["date"])[:10]) == (claim["claim_id"], "430193006", "2020-03-02")
    money_of = {name: report.reconciliation[name] for name in ("submitted", "allowed", "paid", "member")}
    assert money_of == {"submitted": 500.0, "allowed": 400.1, "paid": 320.1, "member": 80.0}
    answered = ("Claim", "answered by an ExplanationOfBenefit, which carries what was adjudicated")
    assert counted(report)[answered] == 1


def test_a_claim_that_nobody_answered_has_no_amount_and_a_visit_that_nobody_billed_stands(tmp_path: Path) -> None:
    office = visit("w", **{"class": {"code": "AMB"}})
    tables, _ = convert(tmp_path, PATIENT, visit(), office, bill("Claim", "c"))
    claims = tables["medical_claim"].set_index("claim_id")
    assert claims["setting"].to_dict() == {"Claim/c": "inpatient", "Encounter/w": "outpatient"}
    assert claims["allowed_amount"].isna().all()
    assert str(claims.loc["Encounter/w", "available_date"])[:10] == "2020-03-04"


@pytest.mark.parametrize(
    ("stated", "allowed", "paid", "member"),
    [
        # what is stated twice, as totals and by line, counts once; the lines are summed
        ({"total": [part("benefit", 90)], "item": [part("benefit", 90), part("copay", 10)]}, 100.0, 90.0, 10.0),
        ({"item": [part("benefit", 40), part("benefit", 50), part("eligible", 95)]}, 95.0, 90.0, None),
        ({"total": [part("eligible", 95), part("allowed", 95), part("paidtoprovider", 80)]}, 95.0, 80.0, None),
        ({"total": [part("copay", 5), part("coinsurance", 7), part("memberliability", 12)]}, None, None, 12.0),
        ({"payment": {"amount": {"value": 60}}, "total": [part("submitted", 99)]}, 60.0, 60.0, None),
        ({"total": [part("submitted", 99)]}, None, None, None),
    ],
)
def test_an_amount_that_is_stated_in_several_ways_counts_once(
    tmp_path: Path, stated: Resource, allowed: float | None, paid: float | None, member: float | None
) -> None:
    lines = {"sequence": 1, "productOrService": {"text": "x"}, "adjudication": stated.pop("item", [])}
    bare = {"item": [lines if lines["adjudication"] else {**lines, "adjudication": [part("submitted", 1)]}]}
    tables, _ = convert(tmp_path, PATIENT, bill("ExplanationOfBenefit", "e", **{**bare, **stated}))
    claim = tables["medical_claim"].iloc[0].astype(object)
    amounts = [claim[name] for name in ("allowed_amount", "paid_amount", "member_amount")]
    assert [None if pd.isna(amount) else amount for amount in amounts] == [allowed, paid, member]


def test_an_amount_with_two_codes_counts_once_and_a_negative_one_is_set_aside(tmp_path: Path) -> None:
    both = {**part("eligible", 95), "category": {"coding": [{"code": "eligible"}, {"code": "allowed"}]}}
    tables, _ = convert(
        tmp_path,
        PATIENT,
        bill("ExplanationOfBenefit", "e", total=[both]),
        bill("ExplanationOfBenefit", "n", total=[part("benefit", -5)]),
    )
    assert tables["medical_claim"]["allowed_amount"].tolist() == [95.0]
    assert tables["quarantine/resources"]["reason"].tolist() == ["a negative amount"]


def test_the_days_are_those_of_the_visit_even_where_the_billing_period_runs_on_for_a_year(tmp_path: Path) -> None:
    year = {"billablePeriod": {"start": "2020-03-04", "end": "2021-03-04"}}
    line = {"sequence": 1, "productOrService": {"text": "x"}}
    days = [{**line, "servicedDate": "2020-05-03"}, {**line, "sequence": 2, "servicedPeriod": {"end": "2020-05-09"}}]
    tables, _ = convert(
        tmp_path,
        PATIENT,
        visit(),
        bill("ExplanationOfBenefit", "e", **year),
        bill("ExplanationOfBenefit", "f", item=[line], **year),
        bill("ExplanationOfBenefit", "g", item=days),
    )
    claims = tables["medical_claim"].set_index("claim_id")[["start_date", "end_date"]].astype(str)
    assert claims.to_numpy().tolist() == [
        ["2020-03-01", "2020-03-04"],
        ["2020-03-04", "2021-03-04"],
        ["2020-05-03", "2020-05-09"],
    ]


def test_an_explanation_without_codes_takes_those_of_the_claim_that_it_answers(tmp_path: Path) -> None:
    codes = {"diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": coded(ICD, "E11.65")}]}
    done = {
        "procedure": [{"sequence": 1, "procedureCodeableConcept": coded("http://www.ama-assn.org/go/cpt", "99213")}]
    }
    tables, _ = convert(
        tmp_path,
        PATIENT,
        visit(),
        bill("Claim", "c", **codes, **done),
        bill("ExplanationOfBenefit", "e", claim={"reference": "Claim/c"}),
    )
    assert tables["diagnosis"][["record_id", "code"]].to_numpy().tolist() == [["ExplanationOfBenefit/e", "E11.65"]]
    assert tables["procedure"][["code", "vocabulary"]].to_numpy().tolist() == [["99213", "cpt4"]]


@pytest.mark.parametrize("style", ["urn", "type/id", "absolute", "search"])
def test_references_name_a_patient_by_urn_or_type_and_id(tmp_path: Path, style: str) -> None:
    named = {
        "urn": "urn:uuid:11111111-1111-4111-8111-111111111111",
        "type/id": "Patient/p",
        "absolute": "https://host/fhir/Patient/p/_history/3",
        "search": "Patient?identifier=http://host/ids|p",
    }[style]
    entries = [{"resource": PATIENT}, {"resource": result("a", "4548-4", 7.1, "%", subject={"reference": named})}]
    if style == "urn":
        entries[0]["fullUrl"] = named
    source = tmp_path / "a.json"
    source.write_text(json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}), encoding="utf-8")
    check_account(convert_fhir(source, tmp_path / "canonical"))
    tables = read_target(tmp_path / "canonical")
    assert len(tables["lab_result"]) == 1
    assert tables["lab_result"]["person_id"].tolist() == tables["person"]["person_id"].tolist()


@pytest.mark.parametrize("name", ["a.json", "a.json.gz", "a.ndjson", "a.ndjson.gz"])
def test_a_source_gives_the_same_tables_plain_packed_and_by_line(tmp_path: Path, name: str) -> None:
    resources = [PATIENT, visit(), result("a", "4548-4", 7.1, "%")]
    text = "\n".join(map(json.dumps, resources)) if "ndjson" in name else bundle(*resources)
    source = tmp_path / "source"
    source.mkdir()
    (source / name).write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    report = convert_fhir(source, tmp_path / "canonical")
    check_account(report)
    assert report.rows_in == {name: 3}
    tables = read_target(tmp_path / "canonical")
    assert {table: len(frame) for table, frame in tables.items() if len(frame)} == {
        "person": 1,
        "enrollment": 1,
        "medical_claim": 1,
        "lab_result": 1,
    }


@pytest.mark.parametrize(
    ("code", "value", "unit", "carried"),
    [
        ("4548-4", 7.1, "%", ("hba1c", 7.1, "%")),
        # 58 mmol/mol is 58 / 10.929 + 2.15 = 7.46 %, by the IFCC-NGSP master equation
        ("59261-8", 58, "mmol/mol", ("hba1c", 7.457, "%")),
        ("33914-3", 45, "mL/min/{1.73_m2}", ("egfr", 45, "mL/min/1.73m2")),
        ("98979-8", 45, "mL/min/1.73m2", ("egfr", 45, "mL/min/1.73m2")),
        ("9318-7", 300, "mg/g{creat}", ("uacr", 300, "mg/g")),
        # 3 mg/mmol is 3 / 0.113 = 26.5 mg/g
        ("14959-1", 3, "mg/mmol", ("uacr", 26.549, "mg/g")),
        # 88.4 umol/L of creatinine is 1 mg/dL, with either sign for micro
        ("14682-9", 88.4, "umol/L", ("creatinine", 1, "mg/dL")),
        ("14682-9", 88.4, "µmol/L", ("creatinine", 1, "mg/dL")),
        ("8867-4", 70, "{Beats}/min", ("heart_rate", 70, "/min")),
        ("27873-9", 8, "u[iU]/mL", ("fasting_insulin", 8, "uU/mL")),
        ("718-7", 14, "g/dL", ("loinc_718_7", 14, "g/dL")),
    ],
)
def test_results_come_by_loinc_and_ucum_into_the_unit_of_the_contract(
    tmp_path: Path, code: str, value: float, unit: str, carried: tuple[str, float, str]
) -> None:
    source = tmp_path / "a.json"
    source.write_text(bundle(PATIENT, result("a", code, value, unit)), encoding="utf-8")
    held = open_source("fhir", source, tmp_path / "work", on_bad_rows="refuse").tables.frame("lab_result").iloc[0]
    assert (held["analyte"], held["unit"]) == (carried[0], carried[2])
    assert held["value"] == pytest.approx(carried[1], abs=5e-4)
    assert str(held["date"])[:10] == "2020-03-02"


def test_a_result_that_nobody_can_have_or_read_is_set_aside_with_the_reason(tmp_path: Path) -> None:
    tables, report = convert(
        tmp_path,
        PATIENT,
        result("a", "4548-4", 58, "%"),
        result("b", "4548-4", 7, "mg/dL"),
        result("c", "4548-4", 7, None),
        result("d", "4548-4", 7, "%", subject={"reference": "Patient/nobody"}),
        result("e", "4548-4", 7, "%", effectiveDateTime="2999-01-01"),
        result("f", "4548-4", 7, "%", valueQuantity={"value": "seven"}),
        result("g", "4548-4", 99, "%", status="entered-in-error"),
        result("h", "12345-6", 7, None),
    )
    assert tables["lab_result"].empty
    aside = tables["quarantine/resources"].set_index("id")
    reasons = aside["reason"].to_dict()
    invalid = reasons.pop("f")
    assert invalid.startswith("Observation.valueQuantity.value: ")
    assert reasons == {
        "a": "not plausible: hba1c",
        "b": "unit not one of hba1c: mg/dL",
        "c": "no unit: hba1c",
        "d": "nobody of the patients",
        "e": "a date before 1800 or after today",
    }
    assert json.loads(aside.loc["b", "body"])["valueQuantity"]["unit"] == "mg/dL"
    assert aside["place"].to_dict() == {"a": 2, "b": 3, "c": 4, "d": 5, "e": 6, "f": 7}
    left = counted(report)
    assert left["Observation", "status entered-in-error"] == 1
    assert left["Observation: 12345-6", "no LOINC code or no unit"] == 1
    assert left["Observation", "set aside in quarantine/resources.parquet: not plausible: hba1c"] == 1


@pytest.mark.parametrize(
    ("system", "code", "level"),
    [(SNOMED, "266919005", 0), (SNOMED, "8517006", 1), (SNOMED, "449868002", 2), (LOINC, "LA15920-4", 1)],
)
def test_smoking_is_a_level(tmp_path: Path, system: str, code: str, level: int) -> None:
    status = result("a", "72166-2", 0, None)
    del status["valueQuantity"]
    tables, _ = convert(tmp_path, PATIENT, {**status, "valueCodeableConcept": coded(system, code)})
    held = tables["lab_result"].iloc[0]
    assert (held["analyte"], held["value"], held["unit"]) == ("smoking", level, "level")


def test_a_panel_is_read_by_its_components_unless_they_stand_alone_too(tmp_path: Path) -> None:
    piece = {"code": coded(LOINC, "8480-6"), "valueQuantity": {"value": 140, "unit": "mmHg", "code": "mm[Hg]"}}
    low = {"code": coded(LOINC, "8462-4"), "valueQuantity": {"value": 85, "unit": "mmHg", "code": "mm[Hg]"}}
    panel = result("a", "85354-9", 0, None, component=[piece, low])
    del panel["valueQuantity"]
    withdrawn = result("c", "8462-4", 85, "mm[Hg]", status="entered-in-error")
    tables, _ = convert(tmp_path, PATIENT, panel, result("b", "8480-6", 140, "mm[Hg]"), withdrawn)
    held = tables["lab_result"].set_index("record_id")["value"].to_dict()
    assert held == {"Observation/a#2": 85.0, "Observation/b": 140.0}


@pytest.mark.parametrize(
    ("stated", "born", "died"),
    [
        ({"birthDate": "1950"}, "1950-07-01", "NaT"),
        ({"birthDate": "1950-02"}, "1950-02-15", "NaT"),
        ({"birthDate": "1950-05-01", "deceasedDateTime": "2020-03-04T23:00:00-05:00"}, "1950-05-01", "2020-03-04"),
        ({"birthDate": "1950", "deceasedDateTime": "1950-03-04"}, "1950-03-04", "1950-03-04"),
        ({"birthDate": "1950-09-09", "deceasedDateTime": "1950"}, "1950-09-09", "1950-09-09"),
    ],
)
def test_a_birth_year_stands_for_its_middle(tmp_path: Path, stated: Resource, born: str, died: str) -> None:
    tables, report = convert(tmp_path, {**PATIENT, **stated}, result("a", "4548-4", 7, "%"))
    person = tables["person"].iloc[0]
    assert [str(pd.Timestamp(person[name]))[:10] for name in ("birth_date", "death_date")] == [born, died]
    rough = counted(report).get(("patients with a year or month of birth alone", "born on 1 July, or on the 15th"))
    assert rough == (1 if len(stated["birthDate"]) < 10 else None)


def test_coverages_that_touch_are_one_span_and_end_with_life(tmp_path: Path) -> None:
    def coverage(name: str, start: str, end: str | None) -> Resource:
        period = {"start": start} if end is None else {"start": start, "end": end}
        head = {"resourceType": "Coverage", "id": name, "status": "active", "payor": [{"reference": "Organization/i"}]}
        return {**head, "beneficiary": {"reference": "Patient/p"}, "period": period}

    tables, _ = convert(
        tmp_path,
        {**PATIENT, "deceasedDateTime": "2020-03-04"},
        coverage("a", "2015-01-01", "2015-12-31"),
        coverage("b", "2016-01-01", "2016-06-30"),
        coverage("c", "2018-01-01", None),
        coverage("d", "2020-06-01", None),
        visit(),
    )
    spans = tables["enrollment"][["start_date", "end_date"]].astype(str).to_numpy().tolist()
    assert spans == [["2015-01-01", "2016-07-01"], ["2018-01-01", "2020-03-05"]]


def test_a_drug_stands_once_billed_before_dispensed_before_prescribed(tmp_path: Path) -> None:
    supply = {"daysSupply": {"value": 2, "code": "wk"}, "quantity": {"value": 28}}
    handed: Resource = {"resourceType": "MedicationDispense", "id": "d", "status": "completed", **SUBJECT, **supply}
    handed |= {"medicationCodeableConcept": coded(RXNORM, "314076"), "whenHandedOver": "2020-03-05"}
    paid = bill("ExplanationOfBenefit", "e", "pharmacy", total=[part("benefit", 9.5), part("copay", 2)])
    paid |= {"prescription": {"reference": "MedicationRequest/m"}, "billablePeriod": {"start": "2020-03-03"}}
    paid["type"]["coding"].insert(0, {"system": "http://host/types", "code": "60"})
    asked = prescription("m")
    tables, report = convert(
        tmp_path,
        PATIENT,
        asked,
        asked,
        paid,
        prescription("n"),
        {**handed, "authorizingPrescription": [{"reference": "MedicationRequest/n"}]},
        prescription("o"),
        prescription("x", status="cancelled", authoredOn="2999-01-01"),
    )
    fills = tables["pharmacy_claim"].set_index("claim_id").astype(object)
    assert fills["fill_date"].astype(str).to_dict() == {
        "ExplanationOfBenefit/e": "2020-03-03",
        "MedicationDispense/d": "2020-03-05",
        "MedicationRequest/o": "2020-03-02",
    }
    billed, given = fills.loc["ExplanationOfBenefit/e"], fills.loc["MedicationDispense/d"]
    assert (billed["allowed_amount"], billed["paid_amount"], billed["atc_code"]) == (11.5, 9.5, "A10BA02")
    assert (given["days_supply"], given["quantity"], given["drug_code"]) == (14, 28.0, "314076")
    left = counted(report)
    assert left["MedicationRequest", "the same resource again"] == 1
    assert left["MedicationRequest", "billed, and read as its pharmacy claim"] == 1
    assert left["MedicationRequest", "dispensed, and read as its dispense"] == 1
    assert left["MedicationRequest", "status cancelled"] == 1


def test_conditions_without_a_visit_stand_in_the_register_and_doubtful_ones_nowhere(tmp_path: Path) -> None:
    doubt = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    tables, report = convert(
        tmp_path,
        PATIENT,
        condition("a", coded(ICD, "E11.9"), recordedDate="2020-03-09"),
        condition("b", coded(ICD, "I10"), **doubt),
        condition("c", {"coding": [{"system": SNOMED, "code": "1", "display": "Unheard of"}]}),
    )
    code = tables["diagnosis"].iloc[0]
    assert (code["record_id"], code["source"], code["code"]) == ("Condition/a", "registry", "E11.9")
    assert (str(code["date"])[:10], str(code["available_date"])[:10]) == ("2020-02-28", "2020-03-09")
    left = counted(report)
    assert left["Condition", "verificationStatus refuted"] == 1
    assert left["Condition: Unheard of", "no ICD code"] == 1


def test_every_resource_of_a_broken_bundle_is_accounted_for(tmp_path: Path) -> None:
    tables, report = convert(
        tmp_path,
        PATIENT,
        PATIENT,
        {**PATIENT, "birthDate": "1951-01-01"},
        {"resourceType": "Patient", "id": "q", "birthDate": "1950-02-30"},
        {"resourceType": "Patient", "id": "r"},
        {"resourceType": "Patient", "id": "s", "birthDate": "1950-01-01", "deceasedDateTime": "1949-01-01"},
        {"resourceType": "Wallet", "id": "w"},
        {"resourceType": "Organization", "id": "o", "name": "O"},
        visit(period={"start": "2020-03-04", "end": "2020-03-01"}),
        visit("w", status="planned", period={"start": "2999-01-01"}),
        {"id": "nothing"},
    )
    figures = {name: report.reconciliation[name] for name in ("resources", "mapped", "unmapped", "quarantined")}
    assert figures == {"resources": 11, "mapped": 1, "unmapped": 3, "quarantined": 7}
    reasons = tables["quarantine/resources"]["reason"].tolist()
    assert reasons[1].startswith("Patient.birthDate: ")
    assert [*reasons[:1], *reasons[2:]] == [
        "the same id as an earlier resource that differs",
        "no birthDate",
        "deceasedDateTime before birthDate",
        "Wallet: no resource of FHIR R4",
        "period.end before period.start",
        "no resourceType: no resource of FHIR R4",
    ]
    assert [item.count for item in report.unmapped if not item.count] == []


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.json", b"hello", r"a\.json: found text that is no JSON"),
        ("a.json.gz", gzip.compress(bundle(PATIENT).encode() * 9, mtime=0)[:40], r"a\.json\.gz: cannot be read"),
        ("a.json", b'{"entry": []}', r"a\.json: found JSON without a resourceType"),
        ("a.json", '{"resourceType": "患者"}'.encode("gbk"), r"a\.json: cannot be read .*Expected UTF-8"),
        ("a.json", bundle(visit()).encode(), r"found no patient, expected one or more Patient resources"),
        ("a.json", b'{"resourceType": "Bundle"}', r"found no patient, expected"),
        ("a.json", bundle({**PATIENT, "birthDate": None}).encode(), r"\(first Patient: .*\), expected one or more"),
        ("a.ndjson", b"hello\n", r"\(first no resource: no resource in this entry or line\), expected"),
        ("a.txt", b"", r"no file that ends in \.json, \.ndjson or \.jsonl, plain or \.gz; found a\.txt"),
    ],
)
def test_a_source_that_cannot_be_read_is_one_error_and_nothing_is_written(
    tmp_path: Path, name: str, content: bytes, found: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / name).write_bytes(content)
    with pytest.raises(DataContractError, match=found):
        convert_fhir(source, tmp_path / "canonical")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_without_the_extra_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources.R4B", None)
    source = tmp_path / "a.json"
    source.write_text(bundle(PATIENT), encoding="utf-8")
    with pytest.raises(DataContractError, match=r"pip install riskkit\[fhir\]"):
        convert_fhir(source, tmp_path / "canonical")
    assert not (tmp_path / "canonical").exists()


@pytest.mark.shared_data
def test_the_real_bundles_keep_the_contract_and_every_resource_is_accounted_for(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) are not beside the project")
    opened = open_source("fhir", SHARED, tmp_path / "work", on_bad_rows="refuse")
    report = opened.adapter
    assert report is not None
    check_account(report)
    types: Counter[str] = Counter()
    asked = paid = owed = 0.0
    for file in sorted(SHARED.iterdir()):
        entries = json.loads(gzip.decompress(file.read_bytes()))["entry"]
        assert report.rows_in[file.name] == len(entries)
        for body in (entry["resource"] for entry in entries):
            types[body["resourceType"]] += 1
            if body["resourceType"] == "ExplanationOfBenefit":
                asked += sum(part["amount"]["value"] for part in body["total"])
                parts = [part for item in body["item"] for part in item["adjudication"]]
                by_code = {part["category"]["coding"][0]["code"]: part["amount"]["value"] for part in parts}
                paid, owed = paid + by_code["benefit"], owed + by_code["copay"]
    by_type = report.reconciliation["by_type"]
    assert isinstance(by_type, dict)
    assert {name: figures["in"] for name, figures in by_type.items()} == types
    claims = opened.tables.frame("medical_claim")
    assert (len(claims), len(opened.tables.frame("person"))) == (types["ExplanationOfBenefit"], types["Patient"])
    assert claims["paid_amount"].sum() == pytest.approx(paid)
    assert claims["member_amount"].sum() == pytest.approx(owed)
    assert claims["allowed_amount"].sum() == pytest.approx(asked)
    left = sum(item.count for item in report.unmapped if item.what.split(":")[0] in types)
    assert left == report.reconciliation["unmapped"]

-- Rows that needed a decision, with their counts.
CREATE TEMP TABLE oddity AS
SELECT 'encounters without a transaction' AS what, count(*) AS number, 'kept without money' AS reason FROM visit WHERE charged IS NULL
UNION ALL
SELECT 'encounters whose charges are not TOTAL_CLAIM_COST', count(*), 'the transactions are carried; TOTAL_CLAIM_COST is not'
FROM visit JOIN encounter_text AS e ON e.Id = visit_id
WHERE charged IS NOT NULL AND abs(charged - CAST(e.TOTAL_CLAIM_COST AS DECIMAL(18, 2))) > 0.01
UNION ALL
SELECT 'encounters of class ' || class, count(*), 'setting outpatient' FROM visit
WHERE setting = 'outpatient' AND class NOT IN ('outpatient', 'ambulatory') GROUP BY class
UNION ALL
SELECT 'spans without insurance', count(*), 'no membership' FROM transition_text AS t JOIN payer_text AS p ON p.Id = t.PAYER
WHERE p.NAME = 'NO_INSURANCE'
UNION ALL
SELECT 'conditions without an ICD-10-CM code: ' || DESCRIPTION, count(*), 'SNOMED CT ' || CODE || ' is not in the term map'
FROM condition_text WHERE CODE NOT IN (SELECT snomed FROM snomed_icd10cm) GROUP BY CODE, DESCRIPTION
UNION ALL
SELECT 'drugs without an ATC class: ' || DESCRIPTION, count(*), 'RxNorm ' || CODE || ' is not in the term map; drug_code holds it'
FROM medication_text WHERE CODE NOT IN (SELECT rxnorm FROM rxnorm_atc) GROUP BY CODE, DESCRIPTION
UNION ALL
SELECT 'observations that are no number: ' || description, count(*), 'text answers have no place in lab_result'
FROM result WHERE value IS NULL GROUP BY code, description
UNION ALL
SELECT 'observations without an analyte of the contract: ' || description, count(*), 'kept under ' || analyte
FROM result WHERE value IS NOT NULL AND analyte LIKE 'loinc_%' GROUP BY analyte, description
UNION ALL
SELECT 'prescriptions of more than one dispense', count(*), 'one fill, on the start; the others have no dates'
FROM medication_text WHERE TRY_CAST(DISPENSES AS INTEGER) > 1

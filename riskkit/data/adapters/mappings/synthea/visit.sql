-- Encounters with the money of their transactions: charges, what the insurer paid (ECHECK) and what the patient paid.
-- A claim whose charge is a drug of the encounter is that drug's claim.
CREATE TEMP TABLE drug_claim AS
SELECT DISTINCT t.CLAIMID AS claim_id, c.APPOINTMENTID AS visit_id, t.PROCEDURECODE AS code
FROM transaction_text AS t
JOIN claim_text AS c ON c.Id = t.CLAIMID
JOIN medication_text AS m ON m.ENCOUNTER = c.APPOINTMENTID AND m.CODE = t.PROCEDURECODE
WHERE t.TYPE = 'CHARGE';

CREATE TEMP TABLE money AS
SELECT
    t.CLAIMID AS claim_id,
    any_value(c.APPOINTMENTID) AS visit_id,
    t.CLAIMID IN (SELECT claim_id FROM drug_claim) AS is_drug,
    sum(CAST(t.AMOUNT AS DECIMAL(18, 2))) FILTER (t.TYPE = 'CHARGE') AS charged,
    sum(CAST(t.PAYMENTS AS DECIMAL(18, 2))) FILTER (t.TYPE = 'PAYMENT' AND t.METHOD = 'ECHECK') AS insurer,
    sum(CAST(t.PAYMENTS AS DECIMAL(18, 2))) FILTER (t.TYPE = 'PAYMENT' AND t.METHOD <> 'ECHECK') AS patient
FROM transaction_text AS t JOIN claim_text AS c ON c.Id = t.CLAIMID
GROUP BY t.CLAIMID;

CREATE TEMP TABLE visit AS
SELECT
    e.Id AS visit_id,
    e.PATIENT AS person_id,
    CAST(left(e.START, 10) AS DATE) AS start_date,
    greatest(CAST(left(e.START, 10) AS DATE), coalesce(CAST(left(e.STOP, 10) AS DATE), CAST(left(e.START, 10) AS DATE))) AS end_date,
    CASE lower(e.ENCOUNTERCLASS) WHEN 'inpatient' THEN 'inpatient' WHEN 'emergency' THEN 'emergency' ELSE 'outpatient' END AS setting,
    lower(e.ENCOUNTERCLASS) AS class,
    e.ORGANIZATION AS facility_id,
    m.charged, m.insurer, m.patient
FROM encounter_text AS e
LEFT JOIN (
    SELECT visit_id, sum(charged) AS charged, sum(insurer) AS insurer, sum(patient) AS patient
    FROM money WHERE NOT is_drug GROUP BY visit_id
) AS m ON m.visit_id = e.Id

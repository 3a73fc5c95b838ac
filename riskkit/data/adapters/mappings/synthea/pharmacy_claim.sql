-- One row per prescription, dated on its start; later dispenses have no dates.
WITH held AS (
    SELECT *, row_number() OVER (PARTITION BY ENCOUNTER, CODE ORDER BY START, STOP) AS place FROM medication_text
),
money_of AS (
    SELECT d.visit_id, d.code, sum(m.charged) AS charged, sum(m.insurer) AS insurer
    FROM drug_claim AS d JOIN money AS m USING (claim_id) GROUP BY d.visit_id, d.code
)
SELECT
    ENCOUNTER || '-' || held.CODE || '-' || place AS claim_id,
    PATIENT AS person_id,
    CAST(left(START, 10) AS DATE) AS fill_date,
    CAST(left(START, 10) AS DATE) AS available_date,
    held.CODE AS drug_code,
    r.atc AS atc_code,
    CAST(NULL AS INTEGER) AS days_supply,
    CAST(DISPENSES AS DOUBLE) AS quantity,
    CASE WHEN place = 1 THEN CAST(m.charged AS DOUBLE) END AS allowed_amount,
    CASE WHEN place = 1 THEN CAST(coalesce(m.insurer, CASE WHEN m.charged IS NOT NULL THEN 0 END) AS DOUBLE) END AS paid_amount
FROM held
LEFT JOIN rxnorm_atc AS r ON r.rxnorm = held.CODE
LEFT JOIN money_of AS m ON m.visit_id = ENCOUNTER AND m.code = held.CODE
ORDER BY claim_id

-- Each claim's diagnoses once, in the order of their slots: lines repeat those of the claim.
WITH held AS (
    UNPIVOT (
        SELECT claim_id, diagnosis_code_type, COLUMNS('diagnosis_code_[0-9]+') FROM claim_line
    )
    ON COLUMNS('diagnosis_code_[0-9]+') INTO NAME slot VALUE code
),
once AS (
    SELECT claim_id, code, min(CAST(replace(slot, 'diagnosis_code_', '') AS INTEGER)) AS slot,
        max(diagnosis_code_type) AS kind
    FROM held
    GROUP BY claim_id, code
)
SELECT
    claim_id AS record_id,
    row_number() OVER (PARTITION BY claim_id ORDER BY slot, code) AS position,
    person_id,
    start_date AS date,
    greatest(start_date, known_date) AS available_date,
    code,
    CASE WHEN kind = 'icd-9-cm' THEN 'icd9cm' ELSE 'icd10cm' END AS vocabulary,
    setting AS source
FROM once JOIN claim USING (claim_id)
WHERE start_date IS NOT NULL AND persons = 1
ORDER BY record_id, position

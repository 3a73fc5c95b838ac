-- Inpatient procedure codes, then the services of the lines, each once per claim.
WITH held AS (
    SELECT claim_id, code, CAST(replace(slot, 'procedure_code_', '') AS INTEGER) AS slot,
        coalesce(replace(procedure_code_type, '-', ''), 'icd10pcs') AS vocabulary
    FROM (
        UNPIVOT (
            SELECT claim_id, procedure_code_type, COLUMNS('procedure_code_[0-9]+') FROM claim_line
        )
        ON COLUMNS('procedure_code_[0-9]+') INTO NAME slot VALUE code
    )
    UNION ALL
    SELECT claim_id, hcpcs_code, 100 + TRY_CAST(claim_line_number AS INTEGER), 'hcpcs' FROM claim_line
    WHERE hcpcs_code IS NOT NULL
),
once AS (
    SELECT claim_id, code, vocabulary, min(slot) AS slot FROM held GROUP BY claim_id, code, vocabulary
)
SELECT
    claim_id,
    row_number() OVER (PARTITION BY claim_id ORDER BY slot, code) AS position,
    person_id,
    start_date AS date,
    greatest(start_date, known_date) AS available_date,
    code,
    vocabulary
FROM once JOIN claim USING (claim_id)
WHERE start_date IS NOT NULL AND persons = 1
ORDER BY claim_id, position

-- Codes of a bill's procedures and of its lines, then the procedures of its encounter; a code stands once a day on a claim.
WITH record_code AS (
    SELECT
        claim.claim_id, rank, slot, person_id,
        CASE WHEN coalesce(is_beyond(billed_procedure.date), TRUE) THEN start_date ELSE billed_procedure.date END AS date,
        claim.available_date, code_in(codings, word) AS code, value AS vocabulary
    FROM billed_procedure
    JOIN claim USING (claim_id)
    JOIN word_list ON list = 'procedure_system' AND value <> 'snomed'
    UNION ALL
    SELECT claim_id, 3, seq, person_id, date, available_date, code, vocabulary
    FROM procedure_record
    WHERE problem IS NULL AND omitted IS NULL
),
once AS (
    SELECT * FROM record_code WHERE code IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY claim_id, date, code, vocabulary ORDER BY rank, slot) = 1
)
SELECT
    claim_id, CAST(row_number() OVER (PARTITION BY claim_id ORDER BY rank, slot, vocabulary, code) AS INTEGER) AS position,
    person_id, date, greatest(available_date, date) AS available_date, code, vocabulary
FROM once
ORDER BY claim_id, position

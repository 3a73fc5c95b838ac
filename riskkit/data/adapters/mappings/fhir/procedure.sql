-- Codes of a bill's procedures and of its lines, then the procedures of its encounter; a code stands once a day on a claim.
WITH billed AS (
    SELECT
        type || '/' || id AS claim_id, 1 AS rank, day_of(pick(part, '$.date')) AS date,
        items(part, '$.procedureCodeableConcept.coding') AS codings, slot
    FROM (
        SELECT
            bill.type, bill.id, unnest(items(body, '$.procedure')) AS part,
            unnest(range(1, len(items(body, '$.procedure')) + 1)) AS slot
        FROM bill WHERE problem IS NULL AND omitted IS NULL AND kind <> 'pharmacy'
    )
    UNION ALL
    SELECT
        type || '/' || id, 2, coalesce(day_of(pick(part, '$.servicedDate')), day_of(pick(part, '$.servicedPeriod.start'))),
        items(part, '$.productOrService.coding'), slot
    FROM (
        SELECT
            bill.type, bill.id, unnest(items(body, '$.item')) AS part,
            unnest(range(1, len(items(body, '$.item')) + 1)) AS slot
        FROM bill WHERE problem IS NULL AND omitted IS NULL AND kind <> 'pharmacy'
    )
),
record_code AS (
    SELECT
        claim.claim_id, rank, slot, person_id, coalesce(billed.date, claim.start_date) AS date, claim.available_date,
        code_in(codings, word) AS code, value AS vocabulary
    FROM billed
    JOIN claim USING (claim_id)
    JOIN word_list ON list = 'procedure_system' AND value <> 'snomed'
    UNION ALL
    SELECT claim_id, 3, seq, person_id, date, available_date, code, vocabulary
    FROM procedure_record
    WHERE problem IS NULL AND omitted IS NULL
),
once AS (
    SELECT * FROM record_code WHERE code IS NOT NULL AND date <= current_date
    QUALIFY row_number() OVER (PARTITION BY claim_id, date, code, vocabulary ORDER BY rank, slot) = 1
)
SELECT
    claim_id, CAST(row_number() OVER (PARTITION BY claim_id ORDER BY rank, slot, vocabulary, code) AS INTEGER) AS position,
    person_id, date, greatest(available_date, date) AS available_date, code, vocabulary
FROM once
ORDER BY claim_id, position

-- Codes that a bill states or refers to, in its order, then those of the conditions of its encounter; conditions without a
-- visit stand in the register under their own name. A code stands once on a record.
WITH billed AS (
    SELECT
        bill.type || '/' || bill.id AS record_id, bill.seq,
        unnest(items(diagnosed, '$.diagnosis')) AS part,
        unnest(range(1, len(items(diagnosed, '$.diagnosis')) + 1)) AS slot
    FROM bill
    WHERE problem IS NULL AND omitted IS NULL AND kind <> 'pharmacy'
),
stated AS (
    SELECT record_id, slot, code_in(items(part, '$.diagnosisCodeableConcept.coding'), word) AS code, value AS vocabulary
    FROM billed, word_list
    WHERE list = 'diagnosis_system'
    UNION ALL
    SELECT record_id, slot, snomed_icd10cm.icd10cm, 'icd10cm'
    FROM billed
    JOIN snomed_icd10cm
        ON snomed_icd10cm.snomed = code_in(items(part, '$.diagnosisCodeableConcept.coding'), 'http://snomed.info/sct')
    UNION ALL
    SELECT record_id, slot, choice.code, choice.vocabulary
    FROM (
        SELECT billed.record_id, billed.slot, unnest(condition.codes) AS choice
        FROM billed
        JOIN condition
            ON condition.id = target_of(pick(part, '$.diagnosisReference.reference'))
            AND condition.problem IS NULL AND condition.omitted IS NULL
    )
),
record_code AS (
    SELECT
        claim_id AS record_id, 1 AS rank, slot AS place, person_id, start_date AS date, available_date, code, vocabulary,
        setting AS source
    FROM stated JOIN claim ON claim.claim_id = stated.record_id
    WHERE code IS NOT NULL
    UNION ALL
    SELECT
        coalesce(claim_id, 'Condition/' || id), 2, seq, person_id, date, available_date, choice.code, choice.vocabulary, source
    FROM (SELECT *, unnest(codes) AS choice FROM condition WHERE problem IS NULL AND omitted IS NULL)
),
once AS (
    SELECT * FROM record_code
    QUALIFY row_number() OVER (PARTITION BY record_id, code, vocabulary ORDER BY rank, place) = 1
)
SELECT
    record_id,
    CAST(row_number() OVER (PARTITION BY record_id ORDER BY rank, place, vocabulary, code) AS INTEGER) AS position,
    person_id, date, available_date, code, vocabulary, source
FROM once
ORDER BY record_id, position

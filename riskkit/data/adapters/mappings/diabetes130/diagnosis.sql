-- Three diagnoses per encounter. A numeric category has three digits in ICD-9-CM; the file had dropped leading zeros.
WITH slot_code AS (
    UNPIVOT (SELECT encounter_id, person_id, end_date, diag_1, diag_2, diag_3 FROM encounter)
    ON diag_1, diag_2, diag_3 INTO NAME slot VALUE code
)
SELECT
    encounter_id AS record_id,
    CAST(right(slot, 1) AS INTEGER) AS position,
    person_id,
    end_date AS date,
    end_date AS available_date,
    CASE
        WHEN regexp_full_match(code, '\d{1,2}(\.\d+)?') THEN repeat('0', 3 - length(split_part(code, '.', 1))) || code
        ELSE code
    END AS code,
    'icd9cm' AS vocabulary,
    'inpatient' AS source
FROM slot_code
ORDER BY record_id, position

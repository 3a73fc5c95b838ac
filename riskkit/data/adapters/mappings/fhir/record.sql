-- One row per resource: invalid, a copy, of a type without a place, or sound. `omitted` says why a resource makes no row,
-- `problem` why it is set aside.
CREATE TEMP TABLE record AS
WITH copied AS (
    SELECT
        received.*,
        row_number() OVER () AS seq,
        type IN (
            'Patient', 'Coverage', 'Encounter', 'Claim', 'ExplanationOfBenefit', 'Condition', 'Procedure', 'Medication',
            'MedicationRequest', 'MedicationDispense', 'Observation'
        ) AS is_read,
        row_number() OVER (PARTITION BY type, id, invalid IS NULL ORDER BY file, place) AS copy,
        first_value(md5(body)) OVER (PARTITION BY type, id, invalid IS NULL ORDER BY file, place) AS first_hash
    FROM received
)
SELECT
    seq, file, place, type, id, body,
    CASE
        WHEN invalid IS NOT NULL THEN invalid
        WHEN is_read AND id IS NULL THEN 'no id'
        WHEN is_read AND copy > 1 AND md5(body) <> first_hash THEN 'the same id as an earlier resource that differs'
    END AS problem,
    CASE
        WHEN NOT is_read THEN 'no canonical table for this type'
        WHEN copy > 1 THEN 'the same resource again'
    END AS omitted
FROM copied

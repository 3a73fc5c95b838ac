-- Insurance codes as they are spelt, at discharge, the main one at position 1.
SELECT
    claim_id AS record_id, position, person_id, end_date AS date, available_date, code, 'who_cn' AS vocabulary,
    setting AS source
FROM code
WHERE kind = 'diagnosis' AND problem IS NULL
ORDER BY record_id, position

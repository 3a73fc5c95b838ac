-- Results that are numbers and that somebody can have.
SELECT source_table || '/' || row_id AS record_id, person_id, date, date AS available_date, analyte, value, unit
FROM result
WHERE problem IS NULL AND omitted IS NULL
ORDER BY record_id

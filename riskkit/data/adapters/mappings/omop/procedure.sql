SELECT
    visit_id AS claim_id, row_number() OVER (PARTITION BY visit_id ORDER BY place_of(row_id)) AS position, person_id, date,
    greatest(date, visit_end) AS available_date, code, vocabulary
FROM procedure_record
WHERE problem IS NULL AND omitted IS NULL
ORDER BY claim_id, position

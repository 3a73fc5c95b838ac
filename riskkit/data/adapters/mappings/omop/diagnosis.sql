-- Codes of each visit: those of its conditions first, a primary one before the others, then by their place and number.
SELECT
    record_id,
    row_number() OVER (
        PARTITION BY record_id ORDER BY rank, is_primary DESC, slot, place_of(row_id), source_table, vocabulary, code
    ) AS position,
    person_id, date, coalesce(available_date, date) AS available_date, code, vocabulary, source
FROM coded
ORDER BY record_id, position

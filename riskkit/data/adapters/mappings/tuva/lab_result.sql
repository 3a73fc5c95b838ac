-- Results that are numbers.
SELECT record_id, person_id, date, greatest(date, known_date) AS available_date, analyte, value, unit
FROM result
WHERE value IS NOT NULL AND date IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM bound AS b WHERE b.analyte = result.analyte AND b.unit = result.unit
            AND NOT (value * slope + shift BETWEEN lowest AND highest)
    )
ORDER BY record_id

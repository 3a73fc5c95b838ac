-- Results that no contract takes, as they were read.
SELECT record_id, person_id, date, analyte, value, unit, 'value: not plausible in its unit' AS reason
FROM result
WHERE value IS NOT NULL AND date IS NOT NULL
    AND EXISTS (
        SELECT 1 FROM bound AS b WHERE b.analyte = result.analyte AND b.unit = result.unit
            AND NOT (value * slope + shift BETWEEN lowest AND highest)
    )
ORDER BY record_id

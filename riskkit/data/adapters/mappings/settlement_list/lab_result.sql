-- Results in the units of the laboratory, known on the day of the report.
SELECT record_id, person_id, date, greatest(date, coalesce(reported, date)) AS available_date, analyte, value, unit
FROM result
WHERE problem IS NULL
ORDER BY record_id

-- Values of the analytes that are mapped.
SELECT
    'Observation/' || id || CASE WHEN slot > 0 THEN '#' || slot ELSE '' END AS record_id, person_id, date, available_date,
    analyte, value, unit
FROM result
WHERE problem IS NULL AND omitted IS NULL
ORDER BY record_id

-- Figures of the summary sheets in the units of the sheet (height in cm), drinking as 0 or 1, and what the traces
-- measured beside the sensor: capillary glucose and blood ketone, dated on their own day.
WITH fact AS (
    SELECT visit_id || '-' || analyte AS record_id, person_id, date, analyte, value, unit
    FROM number
    WHERE value IS NOT NULL
    UNION ALL
    SELECT
        visit_id || '-alcohol', person_id, date, 'alcohol',
        CASE lower(value) WHEN 'drinker' THEN 1 WHEN 'non-drinker' THEN 0 END, 'level'
    FROM summary_cell JOIN visit USING (file, row)
    WHERE field = 'alcohol' AND lower(value) IN ('drinker', 'non-drinker')
    UNION ALL
    SELECT
        visit_id || '-capillary_glucose-' || row, person_id, CAST(time AS DATE), 'capillary_glucose',
        TRY_CAST(stated_capillary AS DOUBLE) * CASE capillary_field WHEN 'cbg_mmol' THEN 18.018 ELSE 1 END, 'mg/dL'
    FROM reading
    WHERE time IS NOT NULL AND TRY_CAST(stated_capillary AS DOUBLE) > 0 AND person_id IN (SELECT person_id FROM visit)
    UNION ALL
    SELECT
        visit_id || '-blood_ketone-' || row, person_id, CAST(time AS DATE), 'blood_ketone',
        TRY_CAST(stated_ketone AS DOUBLE), 'mmol/L'
    FROM reading
    WHERE time IS NOT NULL AND TRY_CAST(stated_ketone AS DOUBLE) >= 0 AND person_id IN (SELECT person_id FROM visit)
)
SELECT record_id, person_id, date, date AS available_date, analyte, CAST(value AS DOUBLE) AS value, unit
FROM fact
ORDER BY record_id

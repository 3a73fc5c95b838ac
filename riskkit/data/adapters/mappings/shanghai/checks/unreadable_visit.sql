-- Rows of the summary sheets whose patient, age or type of diabetes cannot be read.
SELECT
    file, row,
    CASE
        WHEN coalesce(person_id, '') = '' OR date IS NULL THEN 'Patient Number ' || coalesce(visit_id, '(none)')
        WHEN age IS NULL OR age NOT BETWEEN 0 AND 120 THEN 'Age (years) of ' || visit_id
        ELSE 'Type of Diabetes of ' || visit_id
    END AS found
FROM visit
WHERE coalesce(person_id, '') = '' OR date IS NULL OR age IS NULL OR age NOT BETWEEN 0 AND 120 OR diabetes_type IS NULL
ORDER BY file, row

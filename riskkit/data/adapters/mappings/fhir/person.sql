-- Patients that can be read.
SELECT
    person_id, birth_date, sex, region, CAST(NULL AS BOOLEAN) AS urban, CAST(NULL AS VARCHAR) AS insurance_type, death_date
FROM patient
WHERE problem IS NULL AND omitted IS NULL
ORDER BY person_id

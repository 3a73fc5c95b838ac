-- The first known sex; birth so that the first admission falls on the middle of the stated age band.
SELECT
    person_id,
    CAST(DATE '1999-01-01' - to_years(arg_min(middle_age, turn)) AS DATE) AS birth_date,
    arg_min(CASE gender WHEN 'Female' THEN 'female' WHEN 'Male' THEN 'male' END, turn) AS sex,
    CAST(NULL AS VARCHAR) AS region,
    CAST(NULL AS BOOLEAN) AS urban,
    CAST(NULL AS VARCHAR) AS insurance_type,
    max(CASE WHEN is_death AND is_last THEN end_date END) AS death_date
FROM encounter
GROUP BY person_id
ORDER BY person_id

-- A person of the register.
SELECT
    person_id,
    born AS birth_date,
    sex,
    CAST(NULL AS VARCHAR) AS region,
    CAST(NULL AS BOOLEAN) AS urban,
    CAST(NULL AS VARCHAR) AS insurance_type,
    died AS death_date
FROM register
ORDER BY person_id

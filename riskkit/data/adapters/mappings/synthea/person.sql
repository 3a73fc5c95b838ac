SELECT
    Id AS person_id,
    CAST(left(BIRTHDATE, 10) AS DATE) AS birth_date,
    CASE GENDER WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' END AS sex,
    STATE AS region,
    CAST(NULL AS BOOLEAN) AS urban,
    CAST(NULL AS VARCHAR) AS insurance_type,
    CAST(left(DEATHDATE, 10) AS DATE) AS death_date
FROM patient_text
ORDER BY person_id

SELECT
    person_id, birth_date, sex, region, CAST(NULL AS BOOLEAN) AS urban, CAST(NULL AS VARCHAR) AS insurance_type, death_date
FROM known
ORDER BY person_id

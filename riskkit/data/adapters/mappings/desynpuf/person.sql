-- The latest year's statement of each beneficiary.
SELECT
    person_id,
    arg_max(birth_date, year) AS birth_date,
    arg_max(sex, year) AS sex,
    arg_max(region, year) AS region,
    CAST(NULL AS BOOLEAN) AS urban,
    CAST(NULL AS VARCHAR) AS insurance_type,
    max(death_date) AS death_date
FROM beneficiary_year
GROUP BY person_id
ORDER BY person_id

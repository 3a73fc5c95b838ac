-- Born so that the age of the first year holds on its first day.
SELECT
    person_id,
    CAST(min(first_day) - to_days(CAST(floor(365.25 * arg_min(age, year)) AS INTEGER)) AS DATE) AS birth_date,
    arg_min(sex, year) AS sex,
    'site ' || arg_min(site, year) AS region,
    CAST(NULL AS BOOLEAN) AS urban,
    CAST(NULL AS VARCHAR) AS insurance_type,
    CAST(NULL AS DATE) AS death_date
FROM person_year
GROUP BY person_id
ORDER BY person_id

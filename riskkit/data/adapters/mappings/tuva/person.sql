-- The latest statement of each member; the state is the region.
SELECT
    person_id,
    CAST(arg_max(birth_date, enrollment_start_date) AS DATE) AS birth_date,
    CASE lower(arg_max(gender, enrollment_start_date)) WHEN 'female' THEN 'female' WHEN 'male' THEN 'male' END AS sex,
    arg_max(state, enrollment_start_date) AS region,
    CAST(NULL AS BOOLEAN) AS urban,
    CAST(NULL AS VARCHAR) AS insurance_type,
    CAST(max(death_date) AS DATE) AS death_date
FROM eligibility_line
GROUP BY person_id
ORDER BY person_id

-- From inclusion in the register, the date of diabetes, to the day after the last day of follow-up.
SELECT
    person_id,
    entered AS start_date,
    CAST(left_on + INTERVAL 1 DAY AS DATE) AS end_date,
    CAST(NULL AS VARCHAR) AS team_id,
    CAST(NULL AS VARCHAR) AS institution_id,
    CAST(NULL AS INTEGER) AS institution_level
FROM register
ORDER BY person_id

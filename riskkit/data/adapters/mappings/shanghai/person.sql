-- Sex of the first visit; birth in the middle of the days that agree with the ages stated at all visits (of the first
-- visit where none does), since the sheets state the age in years and no day of birth.
WITH bound AS (
    SELECT
        person_id,
        arg_min(sex, (date, turn)) AS sex,
        max(CAST(date - to_years(CAST(floor(age) AS INTEGER) + 1) AS DATE) + 1) AS earliest,
        min(CAST(date - to_years(CAST(floor(age) AS INTEGER)) AS DATE)) AS latest,
        arg_min(CAST(date - to_years(CAST(floor(age) AS INTEGER) + 1) AS DATE) + 1, (date, turn)) AS first_earliest,
        arg_min(CAST(date - to_years(CAST(floor(age) AS INTEGER)) AS DATE), (date, turn)) AS first_latest
    FROM visit
    GROUP BY person_id
)
SELECT
    person_id,
    CASE
        WHEN earliest <= latest THEN earliest + CAST((latest - earliest) // 2 AS INTEGER)
        ELSE first_earliest + CAST((first_latest - first_earliest) // 2 AS INTEGER)
    END AS birth_date,
    sex,
    CAST(NULL AS VARCHAR) AS region,
    CAST(NULL AS BOOLEAN) AS urban,
    CAST(NULL AS VARCHAR) AS insurance_type,
    CAST(NULL AS DATE) AS death_date
FROM bound
ORDER BY person_id

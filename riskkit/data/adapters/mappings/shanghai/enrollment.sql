-- The time under observation: from the first visit to 15 days after the last one, the longest that a sensor is worn,
-- or to the day after the last reading where that is later.
WITH seen AS (
    SELECT person_id, min(date) AS first_day, max(date) + 15 AS last_day FROM visit GROUP BY person_id
    UNION ALL
    SELECT person_id, min(CAST(time AS DATE)), max(CAST(time AS DATE)) + 1
    FROM reading WHERE problem IS NULL GROUP BY person_id
)
SELECT
    person_id,
    min(first_day) AS start_date,
    max(last_day) AS end_date,
    CAST(NULL AS VARCHAR) AS team_id,
    CAST(NULL AS VARCHAR) AS institution_id,
    CAST(NULL AS INTEGER) AS institution_level
FROM seen
GROUP BY person_id
ORDER BY person_id

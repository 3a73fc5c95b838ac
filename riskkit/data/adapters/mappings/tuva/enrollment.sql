-- Spans as they are delivered, gaps kept; the last day is a day of membership, so the span ends on the day after it.
SELECT
    person_id,
    CAST(enrollment_start_date AS DATE) AS start_date,
    CAST(max(CAST(enrollment_end_date AS DATE)) + INTERVAL 1 DAY AS DATE) AS end_date,
    CAST(NULL AS VARCHAR) AS team_id,
    CAST(NULL AS VARCHAR) AS institution_id,
    CAST(NULL AS INTEGER) AS institution_level
FROM eligibility_line
GROUP BY person_id, enrollment_start_date
ORDER BY person_id, start_date

-- Spans of membership; the care team is in no resource that is read.
SELECT
    person_id, start_date, end_date, CAST(NULL AS VARCHAR) AS team_id, CAST(NULL AS VARCHAR) AS institution_id,
    CAST(NULL AS INTEGER) AS institution_level
FROM span
ORDER BY person_id, start_date

-- From the first admission to 60 days past the last discharge, so that a 30-day time at risk is always covered.
SELECT
    person_id,
    min(start_date) AS start_date,
    CAST(max(end_date) + 60 AS DATE) AS end_date,
    CAST(NULL AS VARCHAR) AS team_id,
    CAST(NULL AS VARCHAR) AS institution_id,
    CAST(NULL AS INTEGER) AS institution_level
FROM encounter
GROUP BY person_id
ORDER BY person_id

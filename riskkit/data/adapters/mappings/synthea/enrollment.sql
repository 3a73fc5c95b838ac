-- Spans with an insurer, those that touch or overlap as one.
WITH span AS (
    SELECT t.PATIENT AS person_id, CAST(left(t.START_YEAR, 10) AS DATE) AS start_date, CAST(left(t.END_YEAR, 10) AS DATE) AS end_date
    FROM transition_text AS t LEFT JOIN payer_text AS p ON p.Id = t.PAYER
    WHERE coalesce(p.NAME, '') <> 'NO_INSURANCE' AND left(t.END_YEAR, 10) > left(t.START_YEAR, 10)
),
marked AS (
    SELECT *, CAST(coalesce(start_date > max(end_date) OVER (
        PARTITION BY person_id ORDER BY start_date, end_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS INTEGER) AS is_new
    FROM span
),
numbered AS (SELECT *, sum(is_new) OVER (PARTITION BY person_id ORDER BY start_date, end_date) AS island FROM marked)
SELECT
    person_id,
    min(start_date) AS start_date,
    max(end_date) AS end_date,
    CAST(NULL AS VARCHAR) AS team_id,
    CAST(NULL AS VARCHAR) AS institution_id,
    CAST(NULL AS INTEGER) AS institution_level
FROM numbered
GROUP BY person_id, island
ORDER BY person_id, start_date

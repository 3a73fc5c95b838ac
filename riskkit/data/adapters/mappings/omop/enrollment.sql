-- Periods that touch or overlap are one; the last day is a day of membership, so the span ends on the day after it.
WITH span AS (
    SELECT person_id, start_date, CAST(end_date + INTERVAL 1 DAY AS DATE) AS end_date FROM period
    WHERE problem IS NULL AND omitted IS NULL
),
marked AS (
    SELECT *, CAST(coalesce(start_date > max(end_date) OVER (
        PARTITION BY person_id ORDER BY start_date, end_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), TRUE) AS INTEGER) AS is_new
    FROM span
),
numbered AS (
    SELECT *, sum(is_new) OVER (
        PARTITION BY person_id ORDER BY start_date, end_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
    FROM marked
)
SELECT
    person_id, min(start_date) AS start_date, max(end_date) AS end_date, CAST(NULL AS VARCHAR) AS team_id,
    CAST(NULL AS VARCHAR) AS institution_id, CAST(NULL AS INTEGER) AS institution_level
FROM numbered
GROUP BY person_id, island
ORDER BY person_id, start_date

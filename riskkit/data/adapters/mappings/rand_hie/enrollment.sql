-- The share of the year in which the person took part, from its first day; years that touch are one spell.
WITH spell AS (
    SELECT person_id, first_day AS start_date,
        CASE WHEN days = 365 THEN CAST(first_day + INTERVAL 1 YEAR AS DATE) ELSE CAST(first_day + to_days(days) AS DATE) END
            AS end_date
    FROM person_year
),
marked AS (
    SELECT *, CAST(start_date IS DISTINCT FROM lag(end_date) OVER (PARTITION BY person_id ORDER BY start_date) AS INTEGER)
        AS is_new
    FROM spell
),
numbered AS (SELECT *, sum(is_new) OVER (PARTITION BY person_id ORDER BY start_date) AS island FROM marked)
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

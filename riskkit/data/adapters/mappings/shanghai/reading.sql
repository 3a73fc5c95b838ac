-- One row per line of a trace, its instant and glucose read. `rank` numbers the readings of one person at one instant.
CREATE TEMP TABLE reading AS
WITH stated AS (
    SELECT
        file, row,
        regexp_extract(file, '^(\d+_\d+_\d{8})', 1) AS visit_id,
        max(value) FILTER (WHERE field = 'time') AS stated_time,
        max(value) FILTER (WHERE field IN ('cgm', 'cgm_mmol')) AS stated_glucose,
        max(field) FILTER (WHERE field IN ('cgm', 'cgm_mmol')) AS glucose_field,
        max(value) FILTER (WHERE field IN ('cbg', 'cbg_mmol')) AS stated_capillary,
        max(field) FILTER (WHERE field IN ('cbg', 'cbg_mmol')) AS capillary_field,
        max(value) FILTER (WHERE field = 'ketone') AS stated_ketone
    FROM trace_cell
    GROUP BY file, row
),
typed AS (
    SELECT
        *,
        split_part(visit_id, '_', 1) AS person_id,
        coalesce(
            TRY_CAST(try_strptime(stated_time, [
                '%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M', '%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M', '%Y-%m-%d', '%Y/%m/%d'
            ]) AS TIMESTAMP),
            -- A spreadsheet's own day number, of a cell that lost its date format.
            CASE WHEN TRY_CAST(stated_time AS DOUBLE) BETWEEN 30000 AND 60000 THEN
                TIMESTAMP '1899-12-30'
                + to_seconds(CAST(round(TRY_CAST(stated_time AS DOUBLE) * 86400) AS BIGINT))
            END
        ) AS time,
        TRY_CAST(stated_glucose AS DOUBLE) * CASE glucose_field WHEN 'cgm_mmol' THEN 18.018 ELSE 1 END AS glucose
    FROM stated
),
judged AS (
    SELECT
        typed.*,
        CASE
            WHEN person_id NOT IN (SELECT person_id FROM visit) THEN 'a trace of nobody in the summary sheets'
            WHEN time IS NULL THEN 'the instant cannot be read'
            WHEN time > now()::TIMESTAMP THEN 'the instant lies in the future'
            WHEN stated_glucose IS NULL THEN 'no glucose'
            WHEN glucose IS NULL OR glucose NOT BETWEEN 10 AND 1000 THEN 'glucose is not a number from 10 to 1000 mg/dL'
        END AS problem
    FROM typed
)
SELECT
    *,
    row_number() OVER instant AS rank,
    first_value(glucose) OVER instant AS first_glucose
FROM judged
WINDOW instant AS (PARTITION BY person_id, time, problem IS NULL ORDER BY file, row)

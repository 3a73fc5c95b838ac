-- One row per patient number: person, number of the visit, and the day on which the sensor was put on, which is the
-- only date that a summary sheet carries.
CREATE TEMP TABLE visit AS
WITH stated AS (
    SELECT
        file, row,
        max(value) FILTER (WHERE field = 'visit_id') AS visit_id,
        max(value) FILTER (WHERE field = 'sex') AS sex,
        max(value) FILTER (WHERE field = 'age') AS age,
        max(value) FILTER (WHERE field = 'diabetes_type') AS diabetes_type
    FROM summary_cell
    GROUP BY file, row
)
SELECT
    file, row, visit_id,
    regexp_extract(visit_id, '^(\d+)_(\d+)_(\d{8})$', 1) AS person_id,
    TRY_CAST(regexp_extract(visit_id, '^(\d+)_(\d+)_(\d{8})$', 2) AS INTEGER) AS turn,
    CAST(try_strptime(regexp_extract(visit_id, '^(\d+)_(\d+)_(\d{8})$', 3), '%Y%m%d') AS DATE) AS date,
    CASE CAST(TRY_CAST(sex AS DOUBLE) AS INTEGER) WHEN 1 THEN 'female' WHEN 2 THEN 'male' END AS sex,
    TRY_CAST(age AS DOUBLE) AS age,
    CASE upper(replace(diabetes_type, ' ', ''))
        WHEN 'T1DM' THEN 'E10' WHEN '1型糖尿病' THEN 'E10' WHEN 'T2DM' THEN 'E11' WHEN '2型糖尿病' THEN 'E11'
    END AS diabetes_type
FROM stated

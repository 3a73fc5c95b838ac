-- One row per encounter on the pseudo-timeline. A stay lasts time_in_hospital days; the next encounter of the patient
-- begins 15 days after a discharge marked '<30' and 60 days after any other.
CREATE TEMP TABLE encounter AS
WITH typed AS (
    SELECT
        *,
        CAST(encounter_id AS BIGINT) AS encounter_number,
        CAST(time_in_hospital AS INTEGER) AS stay_days,
        CASE readmitted WHEN '<30' THEN 15 ELSE 60 END AS gap_days,
        (CAST(regexp_extract(age, '\[(\d+)-(\d+)\)', 1) AS INTEGER)
            + CAST(regexp_extract(age, '\[(\d+)-(\d+)\)', 2) AS INTEGER)) // 2 AS middle_age
    FROM encounter_text
),
ordered AS (
    SELECT
        *,
        row_number() OVER person AS turn,
        lead(encounter_number) OVER person IS NULL AS is_last,
        coalesce(sum(stay_days + gap_days) OVER (person ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
            AS days_before
    FROM typed
    WINDOW person AS (PARTITION BY patient_nbr ORDER BY encounter_number)
)
SELECT
    *,
    patient_nbr AS person_id,
    CAST(DATE '1999-01-01' + CAST(days_before AS INTEGER) AS DATE) AS start_date,
    CAST(DATE '1999-01-01' + CAST(days_before + stay_days AS INTEGER) AS DATE) AS end_date,
    is_last AND readmitted = '<30' AS needs_stub,
    discharge_disposition_id IN ('11', '19', '20', '21') AS is_death
FROM ordered

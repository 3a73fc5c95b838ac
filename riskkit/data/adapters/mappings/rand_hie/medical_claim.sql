-- One row per admission, spread evenly over the days of the year and without money, and one summary row for each kind of
-- dollars, on the last day that the person took part.
WITH stay AS (
    SELECT person_id, year, number, first_day + to_days(CAST(floor(days * number / (admissions + 1)) AS INTEGER)) AS day
    FROM person_year, unnest(range(1, admissions + 1)) AS t (number)
),
dollars AS (
    UNPIVOT (
        SELECT person_id, year, CAST(first_day + to_days(days - 1) AS DATE) AS day, inpatient, outpatient, drugs, supplies, mental
        FROM person_year
    )
    ON inpatient, outpatient, drugs, supplies, mental INTO NAME kind VALUE amount
),
line AS (
    SELECT person_id || '-' || year || '-stay-' || number AS claim_id, person_id, 'inpatient' AS setting,
        CAST(day AS DATE) AS day, CAST(NULL AS DECIMAL(18, 2)) AS amount, 'original' AS adjustment
    FROM stay
    UNION ALL
    SELECT person_id || '-' || year || '-' || kind, person_id,
        CASE kind WHEN 'inpatient' THEN 'inpatient' ELSE 'outpatient' END, day, amount, 'summary'
    FROM dollars WHERE amount <> 0
)
SELECT
    claim_id,
    person_id,
    setting,
    day AS start_date,
    day AS end_date,
    day AS available_date,
    CAST(NULL AS VARCHAR) AS facility_id,
    CAST(NULL AS INTEGER) AS facility_level,
    CAST(NULL AS VARCHAR) AS specialty,
    CAST(NULL AS VARCHAR) AS admission_type,
    CAST(NULL AS VARCHAR) AS admission_source,
    CAST(amount AS DOUBLE) AS allowed_amount,
    CAST(NULL AS DOUBLE) AS paid_amount,
    CAST(NULL AS DOUBLE) AS member_amount,
    CAST(NULL AS VARCHAR) AS discharge_status,
    CAST(NULL AS VARCHAR) AS drg_code,
    adjustment
FROM line
ORDER BY claim_id

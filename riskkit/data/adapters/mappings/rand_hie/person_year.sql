-- Person-years with numbers for text; study year 1 is laid on 1975, the first of them.
CREATE TEMP TABLE person_year AS
SELECT
    zper AS person_id,
    CAST(year AS INTEGER) AS year,
    make_date(1974 + CAST(year AS INTEGER), 1, 1) AS first_day,
    least(365, greatest(1, CAST(round(365 * CAST(time AS DOUBLE)) AS INTEGER))) AS days,
    CAST(xage AS DOUBLE) AS age,
    CASE female WHEN '1' THEN 'female' WHEN '0' THEN 'male' END AS sex,
    site,
    CAST(round(CAST(inpdol AS DOUBLE), 2) AS DECIMAL(18, 2)) AS inpatient,
    CAST(round(CAST(outpdol AS DOUBLE), 2) AS DECIMAL(18, 2)) AS outpatient,
    CAST(round(CAST(drugdol AS DOUBLE), 2) AS DECIMAL(18, 2)) AS drugs,
    CAST(round(CAST(suppdol AS DOUBLE), 2) AS DECIMAL(18, 2)) AS supplies,
    CAST(round(CAST(mentdol AS DOUBLE), 2) AS DECIMAL(18, 2)) AS mental,
    CAST(round(CAST(meddol AS DOUBLE), 2) AS DECIMAL(18, 2)) AS medical,
    CAST(totadm AS INTEGER) AS admissions
FROM year_text

-- The register with days for decimal years: (year - 1970) x 365.25 is a whole number of days after 1970-01-01.
CREATE TEMP TABLE register AS
SELECT
    lpad(CAST(rowid + 1 AS VARCHAR), 5, '0') AS person_id,
    CASE sex WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' END AS sex,
    CAST(DATE '1970-01-01' + to_days(CAST(round((CAST(dobth AS DOUBLE) - 1970) * 365.25) AS INTEGER)) AS DATE) AS born,
    CAST(DATE '1970-01-01' + to_days(CAST(round((CAST(dodm AS DOUBLE) - 1970) * 365.25) AS INTEGER)) AS DATE) AS entered,
    CAST(DATE '1970-01-01' + to_days(CAST(round((CAST(dodth AS DOUBLE) - 1970) * 365.25) AS INTEGER)) AS DATE) AS died,
    CAST(DATE '1970-01-01' + to_days(CAST(round((CAST(dooad AS DOUBLE) - 1970) * 365.25) AS INTEGER)) AS DATE) AS oral_drug,
    CAST(DATE '1970-01-01' + to_days(CAST(round((CAST(doins AS DOUBLE) - 1970) * 365.25) AS INTEGER)) AS DATE) AS insulin,
    CAST(DATE '1970-01-01' + to_days(CAST(round((CAST(dox AS DOUBLE) - 1970) * 365.25) AS INTEGER)) AS DATE) AS left_on
FROM register_text

-- Dollars and admissions of the source beside those written.
SELECT
    (SELECT CAST(sum(inpatient + outpatient + drugs + supplies + mental) AS DOUBLE) FROM person_year) AS dollars_written,
    (SELECT CAST(sum(medical + mental) AS DOUBLE) FROM person_year) AS dollars_stated,
    (SELECT sum(admissions) FROM person_year) AS admissions

-- Persons, deaths, starts of treatment and years of follow-up.
SELECT
    count(*) AS persons,
    count(died) AS deaths,
    count(oral_drug) AS oral_drug_starts,
    count(insulin) AS insulin_starts,
    round(sum(date_diff('day', entered, left_on)) / 365.25, 2) AS person_years
FROM register

-- Persons: the day of birth, else 1 July of the year or the 15th of the month; and deaths, of which the first sound one stands.
CREATE TEMP TABLE member AS
WITH typed AS (
    SELECT
        person_id, gender_concept_id, location_id,
        CASE
            WHEN birth_datetime IS NOT NULL THEN CAST(birth_datetime AS DATE)
            WHEN month_of_birth IS NULL THEN TRY_CAST(year_of_birth || '-07-01' AS DATE)
            ELSE TRY_CAST(
                year_of_birth || '-' || lpad(month_of_birth, 2, '0') || '-' || lpad(coalesce(day_of_birth, '15'), 2, '0') AS DATE
            )
        END AS birth_date,
        birth_datetime IS NULL AND (month_of_birth IS NULL OR day_of_birth IS NULL) AS is_set_midway,
        year_of_birth <> left(birth_datetime, 4) AS has_two_births
    FROM person_text
)
SELECT
    typed.*,
    CASE gender_concept_id WHEN '8532' THEN 'female' WHEN '8507' THEN 'male' END AS sex,
    location_text.state AS region,
    CASE
        WHEN birth_date IS NULL THEN 'birth: no day of the calendar'
        WHEN birth_date > current_date THEN 'birth: in the future'
    END AS problem
FROM typed LEFT JOIN location_text USING (location_id);
CREATE TEMP TABLE dead AS
WITH judged AS (
    SELECT
        d.person_id, CAST(d.death_date AS DATE) AS death_date,
        CASE
            WHEN m.person_id IS NULL THEN 'nobody of the persons'
            WHEN CAST(d.death_date AS DATE) < m.birth_date THEN 'death before birth'
            WHEN CAST(d.death_date AS DATE) > current_date THEN 'a date in the future'
        END AS problem
    FROM death_text AS d LEFT JOIN member AS m ON m.person_id = d.person_id AND m.problem IS NULL
)
SELECT
    *,
    CASE WHEN problem IS NULL AND row_number() OVER (PARTITION BY person_id, problem ORDER BY death_date) > 1
        THEN 'a later date of death; the first stands' END AS omitted
FROM judged;
CREATE TEMP TABLE known AS
SELECT m.person_id, m.birth_date, m.sex, m.region, d.death_date
FROM member AS m
LEFT JOIN dead AS d ON d.person_id = m.person_id AND d.problem IS NULL AND d.omitted IS NULL
WHERE m.problem IS NULL

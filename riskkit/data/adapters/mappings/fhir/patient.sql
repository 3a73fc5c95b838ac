-- Patients, typed.
CREATE TEMP TABLE patient AS
WITH typed AS (
    SELECT
        seq, id AS person_id, omitted, problem AS unsound,
        day_of(pick(body, '$.birthDate')) AS birth_date,
        sex.value AS sex,
        pick(body, '$.address[0].state') AS region,
        day_of(pick(body, '$.deceasedDateTime')) AS death_date,
        pick(body, '$.deceasedBoolean') = 'true' AS is_dead_without_date
    FROM record
    LEFT JOIN word_list AS sex ON sex.list = 'gender' AND sex.word = pick(body, '$.gender')
    WHERE type = 'Patient'
)
SELECT
    * EXCLUDE (unsound),
    CASE
        WHEN unsound IS NOT NULL THEN unsound
        WHEN birth_date IS NULL THEN 'no birthDate'
        WHEN birth_date > current_date OR death_date > current_date THEN 'a date in the future'
        WHEN death_date < birth_date THEN 'deceasedDateTime before birthDate'
    END AS problem
FROM typed;
CREATE TEMP VIEW known AS
SELECT person_id, birth_date, death_date FROM patient WHERE problem IS NULL AND omitted IS NULL

-- Patients, typed. A birth or death that states no day never contradicts the other of the same year, nor today.
CREATE TEMP TABLE patient AS
WITH stated AS (
    SELECT
        record.*,
        pick(body, '$.birthDate') AS birth, pick(body, '$.deceasedDateTime') AS death, pick(body, '$.gender') AS gender,
        CASE
            WHEN length(birth) < 10 AND left(birth, 4) = CAST(year(current_date) AS VARCHAR)
                THEN least(day_of(birth), current_date)
            ELSE day_of(birth)
        END AS birth_day,
        CASE
            WHEN length(death) < 10 AND left(death, 4) = CAST(year(current_date) AS VARCHAR)
                THEN least(day_of(death), current_date)
            ELSE day_of(death)
        END AS death_day,
        left(birth, 4) = left(death, 4) AS is_one_year
    FROM record
    WHERE type = 'Patient'
),
typed AS (
    SELECT
        seq, id AS person_id, omitted, problem AS unsound,
        CASE WHEN is_one_year AND length(birth) < 10 THEN least(birth_day, death_day) ELSE birth_day END AS birth_date,
        CASE WHEN is_one_year AND length(death) < 10 THEN greatest(birth_day, death_day) ELSE death_day END AS death_date,
        length(birth) < 10 AS is_born_without_day,
        sex.value AS sex,
        gender NOT IN ('female', 'male') AS has_other_gender,
        pick(body, '$.address[0].state') AS region,
        pick(body, '$.deceasedBoolean') = 'true' AS is_dead_without_date
    FROM stated
    LEFT JOIN word_list AS sex ON sex.list = 'gender' AND sex.word = gender
)
SELECT
    * EXCLUDE (unsound),
    CASE
        WHEN unsound IS NOT NULL THEN unsound
        WHEN birth_date IS NULL THEN 'no birthDate'
        WHEN is_beyond(birth_date) OR is_beyond(death_date) THEN 'a date before 1800 or after today'
        WHEN death_date < birth_date THEN 'deceasedDateTime before birthDate'
    END AS problem
FROM typed;
CREATE TEMP VIEW known AS
SELECT person_id, birth_date, death_date FROM patient WHERE problem IS NULL AND omitted IS NULL

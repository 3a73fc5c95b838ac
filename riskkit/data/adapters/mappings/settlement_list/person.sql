-- What the latest enrolment of a person states, else the latest settlement. A death is that of 参保信息, else the day of a
-- discharge as died that no reversal took back.
WITH fact AS (
    SELECT
        person_id, 2 AS trust, start_date AS date, "性别", "险种类型", "参保地", "城乡标志", birth_date, death_date
    FROM member WHERE problem IS NULL
    UNION ALL
    SELECT
        claim.person_id, 1, claim.settled_date, "性别", "险种类型", "参保地", NULL,
        coalesce(CAST(try_strptime("出生日期", '%Y%m%d') AS DATE), settlement.birth_date),
        CASE
            WHEN "离院方式" = '5' AND NOT claim.is_reversal
                AND claim.claim_id NOT IN (SELECT original_id FROM claim WHERE is_reversal AND original_id IS NOT NULL)
                THEN claim.end_date
        END
    FROM claim JOIN settlement USING (claim_id)
    WHERE settlement.problem IS NULL
)
SELECT
    person_id,
    arg_max(birth_date, (trust, date)) FILTER (WHERE birth_date IS NOT NULL) AS birth_date,
    arg_max(sex.value, (trust, date)) FILTER (WHERE sex.value IS NOT NULL) AS sex,
    arg_max("参保地", (trust, date)) FILTER (WHERE "参保地" IS NOT NULL) AS region,
    CAST(arg_max(town.value, (trust, date)) FILTER (WHERE town.value IS NOT NULL) AS BOOLEAN) AS urban,
    arg_max(insurance.value, (trust, date)) FILTER (WHERE insurance.value IS NOT NULL) AS insurance_type,
    coalesce(max(death_date) FILTER (WHERE trust = 2), max(death_date)) AS death_date
FROM fact
LEFT JOIN word_list AS sex ON sex."column" = '性别' AND sex.word = "性别"
LEFT JOIN word_list AS insurance ON insurance."column" = '险种类型' AND insurance.word = "险种类型"
LEFT JOIN word_list AS town ON town."column" = '城乡标志' AND town.word = "城乡标志"
GROUP BY person_id
ORDER BY person_id

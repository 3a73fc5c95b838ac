-- Spells of 参保信息; those of one team that touch or overlap are one, and a later team's spell ends an earlier one's.
-- Without 参保信息 a member is taken to be enrolled from January of the first settlement's year to the end of the last's.
CREATE TEMP TABLE spell AS
WITH stated AS (
    SELECT
        person_id, start_date, end_date, "签约团队编码" AS team_id, "签约机构编码" AS institution_id,
        TRY_CAST(level.value AS INTEGER) AS institution_level
    FROM member
    LEFT JOIN word_list AS level ON level."column" = '医疗机构等级' AND level.word = "签约机构等级"
    WHERE problem IS NULL AND end_date > start_date
    UNION ALL
    SELECT person_id, make_date(min(year(start_date)), 1, 1), make_date(max(year(end_date)) + 1, 1, 1), NULL, NULL, NULL
    FROM claim
    WHERE NOT EXISTS (FROM member)
    GROUP BY person_id
),
marked AS (
    SELECT
        *,
        CAST(start_date > max(end_date) OVER (
            PARTITION BY person_id, team_id, institution_id, institution_level
            ORDER BY start_date, end_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS INTEGER) AS is_new
    FROM stated
),
numbered AS (
    SELECT *, sum(coalesce(is_new, 1)) OVER (
        PARTITION BY person_id, team_id, institution_id, institution_level ORDER BY start_date, end_date
    ) AS island
    FROM marked
),
joined AS (
    SELECT
        person_id, min(start_date) AS start_date, max(end_date) AS end_date, team_id, institution_id, institution_level
    FROM numbered
    GROUP BY person_id, team_id, institution_id, institution_level, island
)
SELECT
    * REPLACE (least(
        end_date,
        coalesce(
            lead(start_date) OVER (PARTITION BY person_id ORDER BY start_date, end_date, team_id, institution_id), end_date
        )
    ) AS end_date),
    end_date AS whole_end
FROM joined

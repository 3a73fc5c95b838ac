-- Complications and comorbidities in WHO codes, and the type of diabetes as .9 where no complication states it. A
-- hypoglycaemia may have come while the sensor was worn, so it is known only when the trace ends.
WITH trace_end AS (
    SELECT visit_id, max(CAST(time AS DATE)) AS last_day FROM reading WHERE problem IS NULL GROUP BY visit_id
),
named AS (
    SELECT
        visit_id, person_id, date, date AS available_date, replace(code, 'E1x', diabetes_type) AS code,
        CASE field WHEN 'acute' THEN 2 WHEN 'macrovascular' THEN 3 WHEN 'microvascular' THEN 4 ELSE 5 END AS chapter,
        place
    FROM item JOIN term_list ON term_list.term = item.folded
    WHERE field IN ('acute', 'macrovascular', 'microvascular', 'comorbidity')
    UNION ALL
    SELECT visit_id, person_id, date, greatest(date, coalesce(last_day, date + 14)), code, 6, 1
    FROM visit
    JOIN summary_cell USING (file, row)
    JOIN term_list ON term_list.term = 'hypoglycemia'
    LEFT JOIN trace_end USING (visit_id)
    WHERE field = 'hypoglycemia' AND lower(value) IN ('yes', '是')
),
every_code AS (
    SELECT * FROM named
    UNION ALL
    SELECT visit_id, person_id, date, date, diabetes_type || '.9', 1, 1
    FROM visit
    WHERE NOT EXISTS (
        SELECT 1 FROM named WHERE named.visit_id = visit.visit_id AND starts_with(named.code, visit.diabetes_type)
    )
),
once AS (
    SELECT
        visit_id, person_id, date, code, min(available_date) AS available_date, min((chapter, place)) AS rank
    FROM every_code
    GROUP BY visit_id, person_id, date, code
)
SELECT
    visit_id AS record_id,
    row_number() OVER (PARTITION BY visit_id ORDER BY rank, code) AS position,
    person_id, date, available_date, code,
    'who_cn' AS vocabulary,
    'registry' AS source
FROM once
ORDER BY record_id, position

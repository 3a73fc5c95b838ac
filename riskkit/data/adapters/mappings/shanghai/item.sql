-- What the sheets name in lists: complications, comorbidities, agents. Spelling folded, remarks in brackets taken off.
CREATE TEMP TABLE item AS
WITH part AS (
    SELECT
        visit_id, person_id, visit.date, diabetes_type, field,
        unnest(string_split_regex(value, '[,;、，；\n]')) AS term,
        generate_subscripts(string_split_regex(value, '[,;、，；\n]'), 1) AS place
    FROM summary_cell JOIN visit USING (file, row)
    WHERE field IN ('acute', 'macrovascular', 'microvascular', 'comorbidity', 'hypoglycemic_agent', 'other_agent')
)
SELECT
    visit_id, person_id, date, diabetes_type, field, place, trim(term) AS term,
    lower(trim(regexp_replace(regexp_replace(term, '\(.*', ''), '\s+', ' ', 'g'))) AS folded
FROM part
WHERE lower(trim(term)) NOT IN ('', 'none', '无')

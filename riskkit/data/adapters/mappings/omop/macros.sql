-- How a value is read. A missing one is an empty field, NULL, NA or \N; a whole number may carry the point that a column with
-- gaps gets on its way through a data frame; of a date and time the date counts, with hyphens or without.
CREATE TEMP MACRO tidy_text(stated) AS CASE WHEN trim(stated) NOT IN ('', 'NULL', 'NA', '\N') THEN trim(stated) END;
CREATE TEMP MACRO tidy_whole(stated) AS regexp_replace(tidy_text(stated), '^(-?\d+)\.0+$', '\1');
CREATE TEMP MACRO tidy_day(stated) AS regexp_replace(
    regexp_replace(tidy_whole(stated), '^(\d{4}-\d{2}-\d{2})[ T]\d{2}:.*$', '\1'), '^(\d{4})(\d{2})(\d{2})$', '\1-\2-\3'
);
CREATE TEMP MACRO place_of(row_id) AS lpad(row_id, 24, '0');
CREATE TEMP MACRO bare(code) AS upper(replace(code, '.', ''));
CREATE TEMP MACRO named(name, source_value, concept_id) AS coalesce(name, source_value, 'concept ' || concept_id);
CREATE TEMP MACRO spelt(unit) AS replace(replace(replace(lower(unit), ' ', ''), 'µ', 'u'), 'μ', 'u');
CREATE TEMP MACRO money(stated) AS CAST(round(CAST(stated AS DOUBLE), 2) AS DECIMAL(18, 2))

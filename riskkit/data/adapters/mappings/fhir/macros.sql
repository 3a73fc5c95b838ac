-- How dates, references and codes are read. A date is the first ten characters, the local day as written; a year stands for
-- its first of July and a month for its fifteenth. A reference is the last part of what it names, be it a URN, Type/id, an
-- address with a version or a search by identifier.
CREATE TEMP MACRO pick(body, path) AS nullif(trim(json_extract_string(body, path)), '');
CREATE TEMP MACRO day_of(stated) AS CASE length(stated)
    WHEN 4 THEN TRY_CAST(stated || '-07-01' AS DATE)
    WHEN 7 THEN TRY_CAST(stated || '-15' AS DATE)
    ELSE TRY_CAST(left(stated, 10) AS DATE)
END;
CREATE TEMP MACRO is_beyond(day) AS day > current_date OR day < DATE '1800-01-01';
CREATE TEMP MACRO target_of(reference) AS
    nullif(regexp_extract(regexp_replace(reference, '/_history/.*$', ''), '[^/:|]+$'), '');
CREATE TEMP MACRO items(body, path) AS coalesce(CAST(json_extract(body, path) AS JSON[]), []);
CREATE TEMP MACRO code_in(codings, wanted) AS pick(
    list_filter(codings, lambda coding: json_extract_string(coding, '$.system') = wanted)[1], '$.code'
);
CREATE TEMP MACRO first_of(body, path) AS nullif(trim(json_extract_string(body, path)[1]), '');
CREATE TEMP MACRO spelt(unit) AS replace(replace(replace(lower(unit), ' ', ''), 'µ', 'u'), 'μ', 'u');

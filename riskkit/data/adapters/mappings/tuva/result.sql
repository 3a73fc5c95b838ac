-- Results with their analyte; a LOINC code that stands for none of the contract's analytes keeps its own name and unit.
CREATE TEMP TABLE result AS
SELECT
    lab_result_id AS record_id,
    person_id,
    TRY_CAST(coalesce(collection_datetime, result_datetime) AS DATE) AS date,
    TRY_CAST(coalesce(result_datetime, collection_datetime) AS DATE) AS known_date,
    coalesce(t.analyte, 'loinc_' || replace(code, '-', '_')) AS analyte,
    TRY_CAST(result AS DOUBLE) AS value,
    coalesce(
        CASE WHEN t.analyte = 'egfr' THEN 'mL/min/1.73m2' END,
        replace(coalesce(source_units, normalized_units), '[Hg]', 'Hg'), t.unit, 'none'
    ) AS unit,
    description
FROM (
    SELECT *, coalesce(normalized_component_code, normalized_order_code, source_component_code, source_order_code) AS code,
        coalesce(source_component_description, source_order_description) AS description
    FROM lab_line
) AS l
LEFT JOIN loinc_analytes AS t ON t.loinc = l.code

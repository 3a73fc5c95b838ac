-- What became of each row of the tables that are read: set aside (`problem`), left with a reason (`omitted`), or mapped.
CREATE TEMP TABLE fate AS
WITH judged AS (
    SELECT 'person' AS source_table, person_id AS row_id, problem, NULL AS omitted FROM member
    UNION ALL SELECT 'death', person_id || ' ' || death_date, problem, omitted FROM dead
    UNION ALL SELECT source_table, row_id, problem, omitted FROM period
    UNION ALL SELECT 'visit_occurrence', visit_id, problem, NULL FROM visit
    UNION ALL
    SELECT
        source_table, row_id, problem,
        CASE
            WHEN vocabulary IS NULL AND disorder IS NULL
                THEN 'no ICD code: ' || named(name, source_value, concept_id)
            WHEN (source_table, row_id) NOT IN (SELECT (source_table, row_id) FROM coded)
                THEN 'a code that its visit has already'
        END
    FROM statement
    UNION ALL SELECT 'procedure_occurrence', row_id, problem, omitted FROM procedure_record
    UNION ALL SELECT 'drug_exposure', row_id, problem, NULL FROM fill
    UNION ALL SELECT source_table, row_id, problem, omitted FROM result
    UNION ALL SELECT 'cost', row_id, problem, omitted FROM charge
)
SELECT source_table, row_id, problem, CASE WHEN problem IS NULL THEN omitted END AS omitted FROM judged

-- What became of each resource: set aside (`problem`), left with a reason (`omitted`), or mapped (neither).
CREATE TEMP TABLE fate AS
WITH judged AS (
    SELECT seq, problem, omitted FROM patient
    UNION ALL SELECT seq, problem, omitted FROM coverage
    UNION ALL SELECT seq, problem, omitted FROM encounter
    UNION ALL SELECT seq, problem, omitted FROM bill WHERE type = 'Claim' OR kind <> 'pharmacy'
    UNION ALL SELECT seq, problem, omitted FROM fill
    UNION ALL SELECT seq, problem, omitted FROM condition
    UNION ALL SELECT seq, problem, omitted FROM procedure_record
    UNION ALL SELECT seq, problem, omitted FROM observation
)
SELECT
    record.seq, record.file, record.place, record.type, record.id, record.body,
    coalesce(judged.problem, record.problem) AS problem,
    CASE
        WHEN coalesce(judged.problem, record.problem) IS NULL THEN coalesce(
            judged.omitted, record.omitted,
            CASE WHEN record.type = 'Medication' THEN 'read through the prescription that names it' END
        )
    END AS omitted
FROM record
LEFT JOIN judged USING (seq)

-- What became of each resource: set aside (`problem`), left with a reason (`omitted`), or mapped (neither). What its source
-- takes back or only plans is left, whatever else may be wrong with it.
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
),
settled AS (
    SELECT
        record.seq, record.file, record.place, record.type, record.id, record.body,
        coalesce(
            record.problem,
            CASE
                WHEN NOT coalesce(
                    regexp_matches(judged.omitted, '^(status|use|intent|verificationStatus|doNotPerform)\b'), FALSE
                ) THEN judged.problem
            END
        ) AS problem,
        coalesce(
            judged.omitted, record.omitted,
            CASE WHEN record.type = 'Medication' THEN 'read through the prescription that names it' END
        ) AS omitted
    FROM record
    LEFT JOIN judged USING (seq)
)
SELECT * REPLACE (CASE WHEN problem IS NULL THEN omitted END AS omitted) FROM settled

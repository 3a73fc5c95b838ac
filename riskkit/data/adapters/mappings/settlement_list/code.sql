-- Diagnoses and operations of every readable settlement and of 诊断明细, each with what keeps it out of the tables.
CREATE TEMP TABLE code AS
WITH slot AS (
    UNPIVOT (
        SELECT file, claim_id, COLUMNS('主要诊断编码|其他诊断编码\d+|主要手术操作编码|其他手术操作编码\d+')
        FROM settlement WHERE problem IS NULL
    ) ON COLUMNS('主要.*|其他.*') INTO NAME slot VALUE code
),
stated AS (
    SELECT
        file, claim_id, slot,
        CASE WHEN contains(slot, '诊断') THEN 'diagnosis' ELSE 'procedure' END AS kind,
        coalesce(TRY_CAST(regexp_extract(slot, '\d+$') AS INTEGER), 0) + 1 AS position,
        code, CAST(NULL AS VARCHAR) AS bad_value
    FROM slot
    UNION ALL
    SELECT
        file, "结算流水号", '诊断明细.诊断编码', 'diagnosis', 16 + TRY_CAST("诊断序号" AS INTEGER), "诊断编码", problem
    FROM diagnosis_row
),
ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY kind, claim_id, position ORDER BY bad_value IS NOT NULL, file, code) AS turn,
        row_number() OVER (PARTITION BY kind, claim_id, upper(code) ORDER BY bad_value IS NOT NULL, position, file) AS copy
    FROM stated
)
SELECT
    ranked.*, claim.person_id, claim.start_date, claim.end_date, claim.available_date, claim.setting,
    coalesce(claim.is_reversal, FALSE) AS is_reversal,
    CASE
        WHEN bad_value IS NOT NULL THEN bad_value
        WHEN claim.claim_id IS NULL THEN '结算流水号: no readable settlement'
        WHEN claim.is_reversal THEN 'a code of a reversal; the settlement that it takes back has it'
        WHEN kind = 'diagnosis' AND NOT regexp_full_match(upper(code), '[A-Z]\d{2}[0-9A-Z.+*†‡/ ]*')
            THEN 'not shaped like an ICD-10 code'
        WHEN kind = 'procedure' AND NOT regexp_full_match(upper(code), '\d{2}\.?[0-9A-Z+ .]*')
            THEN 'not shaped like an ICD-9-CM-3 code'
        WHEN slot = '诊断明细.诊断编码' AND copy > 1 THEN 'a code that the settlement has already'
        WHEN turn > 1 THEN '诊断序号: several of one number'
    END AS problem
FROM ranked LEFT JOIN claim USING (claim_id)

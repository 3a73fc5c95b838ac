-- Rows that needed a decision, with their counts.
CREATE TEMP TABLE oddity AS
SELECT 'institutional claims whose payment stands on every line' AS what, count(*) AS number,
    'the payment is the claim''s and is counted once' AS reason
FROM claim WHERE is_repeated
UNION ALL
SELECT 'claims without an allowed amount on any line', count(*), 'taken as the payment and the member''s parts'
FROM claim WHERE allowed IS NULL
UNION ALL
SELECT 'claims with a negative total', count(*), 'reversals: they take money back and count as no visit'
FROM claim WHERE paid < 0 OR allowed < 0
UNION ALL
SELECT 'claims whose bill type says replacement', count(*), 'adjustment replacement, or reversal where negative'
FROM claim WHERE bill_type LIKE '__7'
UNION ALL
SELECT 'claims without a paid date', count(*), 'available on their last day'
FROM claim WHERE paid_day IS NULL
UNION ALL
SELECT 'lines whose diagnosis_code_type is a procedure vocabulary', count(*), 'their diagnoses are ICD-10-CM all the same'
FROM claim_line WHERE diagnosis_code_type = 'icd-10-pcs'
UNION ALL
SELECT 'institutional claims of another bill type than hospital', count(*), 'setting outpatient'
FROM claim WHERE claim_type = 'institutional' AND bill_type NOT LIKE '1%'
UNION ALL
SELECT 'pharmacy lines without an ATC class', count(*), 'the layout carries NDC codes; drug_code holds them' FROM pharmacy_line
UNION ALL
SELECT 'pharmacy lines without days of supply', count(*), 'days_supply stays missing' FROM pharmacy_line
WHERE TRY_CAST(days_supply AS INTEGER) IS NULL
UNION ALL
SELECT 'results that are no number: ' || coalesce(description, analyte), count(*), 'text answers have no place in lab_result'
FROM result WHERE value IS NULL GROUP BY ALL
UNION ALL
SELECT 'results without an analyte of the contract: ' || coalesce(description, analyte), count(*), 'kept under ' || analyte
FROM result WHERE value IS NOT NULL AND analyte LIKE 'loinc_%' GROUP BY description, analyte

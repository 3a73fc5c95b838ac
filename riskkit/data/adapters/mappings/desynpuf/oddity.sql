-- Rows that needed a decision, with their counts.
CREATE TEMP TABLE oddity AS
SELECT 'second segments of a claim' AS what, count(*) AS number,
    'no service dates, no codes, not in the annual dollars; set aside in quarantine/claim_segment.parquet' AS reason
FROM claim_text WHERE SEGMENT <> '1'
UNION ALL
SELECT 'stays with a negative payment', count(*), 'kept: the member''s deductible exceeds the payment'
FROM stay WHERE paid < 0 AND NOT is_credit
UNION ALL
SELECT 'stays that net to a credit', count(*),
    'the stay carries 0 and its credit is in the year''s inpatient summary row, so that the year still ties'
FROM stay WHERE is_credit
UNION ALL
SELECT 'stays without a diagnosis', count(*), 'kept' FROM claim_text
WHERE SEGMENT = '1' AND coalesce(ICD9_DGNS_CD_1, ICD9_DGNS_CD_2, ICD9_DGNS_CD_3, ICD9_DGNS_CD_4, ICD9_DGNS_CD_5,
    ICD9_DGNS_CD_6, ICD9_DGNS_CD_7, ICD9_DGNS_CD_8, ICD9_DGNS_CD_9, ICD9_DGNS_CD_10) IS NULL
UNION ALL
SELECT 'stays admitted before CLM_FROM_DT', count(*), 'start_date is the admission' FROM claim_text
WHERE SEGMENT = '1' AND CLM_ADMSN_DT < CLM_FROM_DT
UNION ALL
SELECT 'stays that begin in one year and end in the next', count(*), 'their dollars are in the year of the end'
FROM stay WHERE year(start_date) <> year
UNION ALL
SELECT 'stays that overlap an earlier stay of the same person', count(*), 'kept; merge them before counting episodes'
FROM (
    SELECT start_date, max(end_date) OVER (
        PARTITION BY person_id ORDER BY start_date, end_date, claim_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS latest_end
    FROM stay
)
WHERE start_date < latest_end
UNION ALL
SELECT 'person-years with dollars and no covered month', count(*), 'the beneficiary is enrolled by standing in the file; the dollars are kept'
FROM beneficiary_year
WHERE covered_months = 0 AND inpatient_paid + outpatient_paid + professional_paid > 0
UNION ALL
SELECT 'procedure codes not shaped like ICD-9-CM volume 3', count(*), 'kept as they are'
FROM (
    UNPIVOT (SELECT COLUMNS('ICD9_PRCDR_CD_.*') FROM claim_text WHERE SEGMENT = '1')
    ON COLUMNS('ICD9_PRCDR_CD_.*') INTO NAME slot VALUE code
)
WHERE NOT regexp_full_match(code, '\d{3,4}')

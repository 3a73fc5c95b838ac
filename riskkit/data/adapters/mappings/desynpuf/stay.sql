-- One row per inpatient claim (segment 1), typed. Medicare's payment is the claim's payment plus the pass-through
-- amount per day times the covered days: only with it do the claims of a year tie to MEDREIMB_IP.
CREATE TEMP TABLE stay AS
SELECT
    CLM_ID AS claim_id,
    DESYNPUF_ID AS person_id,
    least(CAST(strptime(CLM_FROM_DT, '%Y%m%d') AS DATE), CAST(strptime(CLM_ADMSN_DT, '%Y%m%d') AS DATE)) AS start_date,
    greatest(
        CAST(strptime(CLM_THRU_DT, '%Y%m%d') AS DATE), CAST(strptime(NCH_BENE_DSCHRG_DT, '%Y%m%d') AS DATE)
    ) AS end_date,
    CAST(left(CLM_THRU_DT, 4) AS INTEGER) AS year,
    PRVDR_NUM AS facility_id,
    CLM_DRG_CD AS drg_code,
    CAST(CLM_PMT_AMT AS DECIMAL(14, 2)) AS claim_payment,
    CAST(
        claim_payment
        + coalesce(CAST(CLM_PASS_THRU_PER_DIEM_AMT AS DECIMAL(14, 2)), 0)
        * coalesce(CAST(CLM_UTLZTN_DAY_CNT AS INTEGER), 0)
        AS DECIMAL(14, 2)
    ) AS paid,
    CAST(
        coalesce(CAST(NCH_BENE_IP_DDCTBL_AMT AS DECIMAL(14, 2)), 0)
        + coalesce(CAST(NCH_BENE_PTA_COINSRNC_LBLTY_AM AS DECIMAL(14, 2)), 0)
        + coalesce(CAST(NCH_BENE_BLOOD_DDCTBL_LBLTY_AM AS DECIMAL(14, 2)), 0)
        AS DECIMAL(14, 2)
    ) AS member,
    coalesce(CAST(NCH_PRMRY_PYR_CLM_PD_AMT AS DECIMAL(14, 2)), 0) AS other,
    paid + member < 0 AS is_credit
FROM claim_text
WHERE SEGMENT = '1'

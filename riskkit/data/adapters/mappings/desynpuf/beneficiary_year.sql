-- One row per beneficiary and year, typed. The year stands in the file's name.
CREATE TEMP TABLE beneficiary_year AS
SELECT
    DESYNPUF_ID AS person_id,
    CAST(regexp_extract(filename, 'DE1_0_(\d{4})_', 1) AS INTEGER) AS year,
    CAST(strptime(BENE_BIRTH_DT, '%Y%m%d') AS DATE) AS birth_date,
    CAST(strptime(BENE_DEATH_DT, '%Y%m%d') AS DATE) AS death_date,
    CASE BENE_SEX_IDENT_CD WHEN '1' THEN 'male' WHEN '2' THEN 'female' END AS sex,
    SP_STATE_CODE AS region,
    CAST(BENE_HI_CVRAGE_TOT_MONS AS INTEGER) AS part_a_months,
    CAST(BENE_SMI_CVRAGE_TOT_MONS AS INTEGER) AS part_b_months,
    greatest(part_a_months, part_b_months) AS covered_months,
    CAST(BENE_HMO_CVRAGE_TOT_MONS AS INTEGER) AS hmo_months,
    CAST(MEDREIMB_IP AS DECIMAL(14, 2)) AS inpatient_paid,
    CAST(BENRES_IP AS DECIMAL(14, 2)) AS inpatient_member,
    CAST(PPPYMT_IP AS DECIMAL(14, 2)) AS inpatient_other,
    CAST(MEDREIMB_OP AS DECIMAL(14, 2)) AS outpatient_paid,
    CAST(BENRES_OP AS DECIMAL(14, 2)) AS outpatient_member,
    CAST(PPPYMT_OP AS DECIMAL(14, 2)) AS outpatient_other,
    CAST(MEDREIMB_CAR AS DECIMAL(14, 2)) AS professional_paid,
    CAST(BENRES_CAR AS DECIMAL(14, 2)) AS professional_member,
    CAST(PPPYMT_CAR AS DECIMAL(14, 2)) AS professional_other,
    BENE_ESRD_IND,
    COLUMNS('SP_(ALZHDMTA|CHF|CHRNKIDN|CNCR|COPD|DEPRESSN|DIABETES|ISCHMCHT|OSTEOPRS|RA_OA|STRKETIA)')
FROM beneficiary_text

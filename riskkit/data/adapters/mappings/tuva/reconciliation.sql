-- Money of the source beside that written.
SELECT
    (SELECT CAST(sum(paid) AS DOUBLE) FROM claim) AS paid,
    (SELECT CAST(sum(round(TRY_CAST(paid_amount AS DOUBLE), 2)) AS DOUBLE) FROM pharmacy_line) AS pharmacy_paid,
    (SELECT count(*) FROM claim_line) AS lines,
    (SELECT count(*) FROM claim) AS claims

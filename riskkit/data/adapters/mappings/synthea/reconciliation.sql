-- Charges of the transactions, and those of encounters and drugs.
SELECT
    (SELECT CAST(sum(CAST(AMOUNT AS DECIMAL(18, 2))) AS DOUBLE) FROM transaction_text WHERE TYPE = 'CHARGE') AS charges,
    (SELECT CAST(sum(charged) AS DOUBLE) FROM money WHERE NOT is_drug) AS charges_of_encounters,
    (SELECT CAST(sum(charged) AS DOUBLE) FROM money WHERE is_drug) AS charges_of_drugs

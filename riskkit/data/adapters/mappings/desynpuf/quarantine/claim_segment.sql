-- Second segments as they came: no service dates, no codes, and not part of the annual dollars.
SELECT * FROM claim_text WHERE SEGMENT <> '1' ORDER BY CLM_ID, SEGMENT

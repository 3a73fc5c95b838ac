-- Settlements whose funds and own payments add up to the total, and the sums before and after reversals.
SELECT
    count(*) AS settlements,
    count(*) FILTER (WHERE is_reversal) AS reversals,
    count(*) FILTER (WHERE abs(total - funds - own) <= 0.01) AS ties,
    CAST(sum(total) FILTER (WHERE NOT is_reversal) AS DOUBLE) AS total_before_reversals,
    CAST(sum(total) AS DOUBLE) AS total_after_reversals
FROM claim

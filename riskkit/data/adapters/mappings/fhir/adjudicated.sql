-- What an explanation of benefits adjudicates: submitted, paid, member's and allowed. A category is read from the totals where
-- these state it, else from the header's adjudication, else from the items; of several ways to state an amount the first one
-- that is there counts (adjudication.csv), and a part that has several codes counts once.
CREATE TEMP TABLE adjudicated AS
WITH stated AS (
    SELECT seq, 1 AS level, unnest(items(body, '$.total')) AS part FROM record WHERE type = 'ExplanationOfBenefit'
    UNION ALL
    SELECT seq, 2, unnest(items(body, '$.adjudication')) FROM record WHERE type = 'ExplanationOfBenefit'
    UNION ALL
    SELECT seq, 3, unnest(json_extract(body, '$.item[*].adjudication[*]')) FROM record
    WHERE type = 'ExplanationOfBenefit'
),
numbered AS (
    SELECT *, row_number() OVER () AS part_number FROM stated
),
named AS (
    SELECT
        seq, level, adjudication_list.category, amount, CAST(choice AS INTEGER) AS choice,
        TRY_CAST(pick(part, '$.amount.value') AS DECIMAL(18, 4)) AS value
    FROM numbered
    JOIN adjudication_list
        ON list_contains(CAST(json_extract_string(part, '$.category.coding[*].code') AS VARCHAR[]), category)
    QUALIFY row_number() OVER (PARTITION BY part_number, amount ORDER BY CAST(choice AS INTEGER), category) = 1
),
priced AS (
    SELECT seq, level, category, amount, choice, sum(value) AS value FROM named GROUP BY ALL
),
first_level AS (
    SELECT * FROM priced WHERE value IS NOT NULL
    QUALIFY level = min(level) OVER (PARTITION BY seq, category)
),
first_choice AS (
    SELECT * FROM first_level QUALIFY choice = min(choice) OVER (PARTITION BY seq, amount)
),
summed AS (
    SELECT
        seq,
        sum(value) FILTER (WHERE amount = 'submitted') AS submitted,
        sum(value) FILTER (WHERE amount = 'paid') AS paid,
        sum(value) FILTER (WHERE amount = 'member') AS member,
        sum(value) FILTER (WHERE amount = 'allowed') AS allowed
    FROM first_choice
    GROUP BY seq
)
SELECT
    seq,
    CAST(submitted AS DOUBLE) AS submitted_amount,
    CAST(coalesce(paid, TRY_CAST(pick(body, '$.payment.amount.value') AS DECIMAL(18, 4))) AS DOUBLE) AS paid_amount,
    CAST(member AS DOUBLE) AS member_amount,
    CAST(coalesce(
        allowed, coalesce(paid, TRY_CAST(pick(body, '$.payment.amount.value') AS DECIMAL(18, 4))) + coalesce(member, 0)
    ) AS DOUBLE) AS allowed_amount
FROM record
LEFT JOIN summed USING (seq)
WHERE type = 'ExplanationOfBenefit'

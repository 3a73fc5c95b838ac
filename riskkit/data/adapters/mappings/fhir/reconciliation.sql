-- Resources in are those mapped, left and set aside, in all and by type; and the money of the explanations.
SELECT
    count(*) AS resources,
    count(*) FILTER (WHERE problem IS NULL AND omitted IS NULL) AS mapped,
    count(*) FILTER (WHERE omitted IS NOT NULL) AS unmapped,
    count(*) FILTER (WHERE problem IS NOT NULL) AS quarantined,
    (
        SELECT coalesce(map_from_entries(list((type, (number, taken)) ORDER BY type)), MAP {})
        FROM (
            SELECT type, count(*) AS number, count(*) FILTER (WHERE problem IS NULL AND omitted IS NULL) AS taken
            FROM fate GROUP BY type
        )
    ) AS mapped_by_type,
    (SELECT coalesce(sum(paid_amount), 0) FROM claim) AS paid,
    (SELECT coalesce(sum(member_amount), 0) FROM claim) AS member
FROM fate

-- Resources in are those mapped, left and set aside, in all and by type; and the money of the visits and stays, of which what
-- is allowed is paid or the member's.
SELECT
    count(*) AS resources,
    count(*) FILTER (WHERE problem IS NULL AND omitted IS NULL) AS mapped,
    count(*) FILTER (WHERE omitted IS NOT NULL) AS unmapped,
    count(*) FILTER (WHERE problem IS NOT NULL) AS quarantined,
    (
        SELECT coalesce(map_from_entries(list((type, {'in': number, 'mapped': taken}) ORDER BY type)), MAP {})
        FROM (
            SELECT type, count(*) AS number, count(*) FILTER (WHERE problem IS NULL AND omitted IS NULL) AS taken
            FROM fate GROUP BY type
        )
    ) AS by_type,
    (
        SELECT coalesce(sum(submitted_amount), 0) FROM bill
        WHERE type = 'ExplanationOfBenefit' AND problem IS NULL AND omitted IS NULL AND kind <> 'pharmacy'
    ) AS submitted,
    (SELECT coalesce(sum(allowed_amount), 0) FROM claim) AS allowed,
    (SELECT coalesce(sum(paid_amount), 0) FROM claim) AS paid,
    (SELECT coalesce(sum(member_amount), 0) FROM claim) AS member
FROM fate

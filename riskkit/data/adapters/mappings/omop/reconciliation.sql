-- Rows in are those mapped, left and set aside, in all and by table; and the money: as stated, as counted once, as written.
SELECT
    (SELECT any_value(cdm_version) FROM cdm_source_text) AS cdm_version,
    (SELECT any_value(vocabulary_version) FROM cdm_source_text) AS vocabulary_version,
    count(*) AS rows,
    count(*) FILTER (WHERE problem IS NULL AND omitted IS NULL) AS mapped,
    count(*) FILTER (WHERE omitted IS NOT NULL) AS unmapped,
    count(*) FILTER (WHERE problem IS NOT NULL) AS quarantined,
    (
        SELECT map_from_entries(list((source_table, {rows: number, mapped: taken, unmapped: left_out, quarantined: aside}) ORDER BY source_table))
        FROM (
            SELECT
                source_table, count(*) AS number, count(*) FILTER (WHERE problem IS NULL AND omitted IS NULL) AS taken,
                count(*) FILTER (WHERE omitted IS NOT NULL) AS left_out, count(*) FILTER (WHERE problem IS NOT NULL) AS aside
            FROM fate GROUP BY source_table
        )
    ) AS by_table,
    (SELECT visits FROM repetition) AS visits_with_several_costs,
    (SELECT repeating FROM repetition) AS visits_that_repeat_them,
    (SELECT CAST(coalesce(sum(total), 0) AS DOUBLE) FROM charge) AS total_paid_stated,
    (SELECT CAST(coalesce(sum(allowed), 0) AS DOUBLE) FROM charge) AS allowed_stated,
    (SELECT CAST(coalesce(sum(allowed), 0) AS DOUBLE) FROM charge WHERE problem IS NULL AND omitted LIKE 'repeats %') AS allowed_repeated,
    (
        SELECT CAST(coalesce(sum(allowed), 0) AS DOUBLE) FROM charge
        WHERE problem IS NOT NULL OR (omitted IS NOT NULL AND omitted NOT LIKE 'repeats %')
    ) AS allowed_without_a_place,
    (
        SELECT CAST(coalesce(sum(allowed), 0) AS DOUBLE) FROM charge WHERE problem IS NULL AND omitted IS NULL AND domain <> 'drug'
    ) AS allowed_of_visits,
    (
        SELECT CAST(coalesce(sum(allowed), 0) AS DOUBLE) FROM charge WHERE problem IS NULL AND omitted IS NULL AND domain = 'drug'
    ) AS allowed_of_drugs
FROM fate

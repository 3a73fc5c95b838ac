-- Observations and their components: one row per value, its analyte by LOINC code and its unit by UCUM, with what is wrong
-- with it; and one row per observation.
CREATE TEMP TABLE result AS
WITH observation AS (
    SELECT
        seq, id, body,
        target_of(pick(body, '$.subject.reference')) AS person_id,
        pick(body, '$.status') AS status,
        coalesce(pick(body, '$.effectiveDateTime'), pick(body, '$.effectivePeriod.start'), id) AS moment,
        coalesce(
            day_of(pick(body, '$.effectiveDateTime')), day_of(pick(body, '$.effectivePeriod.start')),
            day_of(pick(body, '$.effectiveInstant'))
        ) AS date,
        greatest(date, day_of(pick(body, '$.effectivePeriod.end')), day_of(pick(body, '$.issued'))) AS available_date
    FROM record
    WHERE type = 'Observation' AND problem IS NULL AND omitted IS NULL
),
part AS (
    SELECT * EXCLUDE (body), 0 AS slot, body AS part FROM observation
    UNION ALL
    SELECT * EXCLUDE (body, pieces), unnest(range(1, len(pieces) + 1)), unnest(pieces)
    FROM (SELECT *, items(body, '$.component') AS pieces FROM observation)
),
stated AS (
    SELECT
        part.* EXCLUDE (part),
        -- of several LOINC codes the first that names an analyte
        list_filter(
            items(part, '$.code.coding'), lambda coding: json_extract_string(coding, '$.system') = 'http://loinc.org'
        ) AS loinc_codings,
        coalesce(
            pick(list_filter(
                loinc_codings, lambda coding: list_contains(listed.codes, json_extract_string(coding, '$.code'))
            )[1], '$.code'),
            pick(loinc_codings[1], '$.code')
        ) AS loinc,
        coalesce(pick(part, '$.code.coding[0].display'), pick(part, '$.code.text'), pick(part, '$.code.coding[0].code')) AS name,
        pick(part, '$.valueQuantity.comparator') AS comparator,
        coalesce(
            TRY_CAST(pick(part, '$.valueQuantity.value') AS DOUBLE), TRY_CAST(pick(part, '$.valueInteger') AS DOUBLE)
        ) AS number,
        coalesce(pick(part, '$.valueQuantity.code'), pick(part, '$.valueQuantity.unit')) AS stated_unit,
        coalesce(
            code_in(items(part, '$.valueCodeableConcept.coding'), 'http://snomed.info/sct'),
            code_in(items(part, '$.valueCodeableConcept.coding'), 'http://loinc.org')
        ) AS answer,
        items(part, '$.component') AS pieces
    FROM part, (SELECT list_append(list(loinc), '72166-2') AS codes FROM loinc_analytes) AS listed
),
typed AS (
    SELECT
        stated.* EXCLUDE (loinc), stated.loinc,
        CASE
            WHEN stated.loinc = '72166-2' THEN 'smoking'
            WHEN loinc_analytes.analyte IS NOT NULL THEN loinc_analytes.analyte
            WHEN number IS NOT NULL AND stated_unit IS NOT NULL THEN 'loinc_' || replace(stated.loinc, '-', '_')
        END AS analyte,
        stated.loinc <> '72166-2' AND loinc_analytes.analyte IS NULL AS is_unlisted,
        CASE WHEN stated.loinc = '72166-2' THEN CAST(smoking.value AS DOUBLE) ELSE number END AS value,
        CASE WHEN stated.loinc = '72166-2' THEN 'level' ELSE coalesce(ucum_unit.unit, stated_unit) END AS unit_name
    FROM stated
    LEFT JOIN loinc_analytes ON loinc_analytes.loinc = stated.loinc
    LEFT JOIN ucum_unit ON spelt(ucum_unit.ucum) = spelt(stated_unit)
    LEFT JOIN word_list AS smoking ON smoking.list = 'smoking' AND smoking.word = answer
),
marked AS (
    SELECT
        *, status IN ('final', 'amended', 'corrected') AS is_sound,
        slot > 0 AND coalesce(min(slot) FILTER (WHERE status IN ('final', 'amended', 'corrected')) OVER (
            PARTITION BY person_id, moment, analyte, value, unit_name
        ) = 0, FALSE) AS is_repeated
    FROM typed
)
SELECT
    marked.* EXCLUDE (pieces), coalesce(bound.unit, unit_name) AS unit,
    CASE
        WHEN NOT is_sound THEN 'status ' || status
        WHEN slot = 0 AND len(pieces) > 0 AND number IS NULL THEN 'a panel, read by its components'
        WHEN marked.analyte IS NULL AND number IS NULL THEN 'no number: ' || coalesce(name, 'no code')
        WHEN marked.analyte IS NULL THEN 'no LOINC code or no unit: ' || coalesce(name, 'no code')
        WHEN value IS NULL THEN 'no number: ' || coalesce(name, 'no code')
        WHEN is_repeated THEN 'a component that stands as an observation too'
    END AS omitted,
    CASE
        WHEN known.person_id IS NULL THEN 'nobody of the patients'
        WHEN date IS NULL THEN 'no date'
        WHEN is_beyond(date) THEN 'a date before 1800 or after today'
        WHEN marked.analyte IS NULL OR value IS NULL THEN NULL
        WHEN unit_name IS NULL THEN 'no unit: ' || marked.analyte
        WHEN bound.unit IS NULL AND marked.analyte IN (SELECT bound.analyte FROM bound)
            THEN 'unit not one of ' || marked.analyte || ': ' || unit_name
        WHEN abs(value) > 1e12 THEN 'not plausible: ' || marked.analyte
        WHEN value * slope + shift NOT BETWEEN lowest AND highest THEN 'not plausible: ' || marked.analyte
    END AS problem
FROM marked
LEFT JOIN known USING (person_id)
LEFT JOIN bound ON bound.analyte = marked.analyte AND spelt(bound.unit) = spelt(unit_name);
CREATE TEMP TABLE observation AS
SELECT
    record.seq,
    coalesce(any_value(record.problem), CASE WHEN NOT bool_or(is_mapped) THEN min(result.problem) END) AS problem,
    coalesce(
        any_value(record.omitted),
        CASE WHEN NOT bool_or(is_mapped) THEN min_by(result.omitted, result.omitted LIKE 'a panel%') END
    ) AS omitted
FROM record
LEFT JOIN (SELECT *, problem IS NULL AND omitted IS NULL AS is_mapped FROM result) AS result USING (seq)
WHERE record.type = 'Observation'
GROUP BY record.seq

-- Encounters, typed; one without an end is a day.
CREATE TEMP TABLE encounter AS
WITH typed AS (
    SELECT
        record.*,
        target_of(pick(body, '$.subject.reference')) AS person_id,
        pick(body, '$.status') AS status,
        pick(body, '$.class.code') AS class,
        day_of(pick(body, '$.period.start')) AS start_date,
        coalesce(day_of(pick(body, '$.period.end')), start_date) AS end_date,
        pick(body, '$.period.end') IS NULL AS is_open,
        target_of(pick(body, '$.serviceProvider.reference')) AS facility_id,
        pick(body, '$.priority.coding[0].code') AS priority,
        pick(body, '$.hospitalization.admitSource.coding[0].code') AS admit,
        pick(body, '$.hospitalization.dischargeDisposition.coding[0].code') AS discharge
    FROM record
    WHERE type = 'Encounter'
)
SELECT
    seq, id, typed.person_id, class, start_date, end_date, is_open, facility_id,
    coalesce(setting.value, 'outpatient') AS setting, setting.value IS NULL AS has_strange_class,
    priority.value AS admission_type, admit.value AS admission_source, discharge.value AS discharge_status,
    CASE
        WHEN omitted IS NOT NULL THEN omitted
        WHEN status IN ('cancelled', 'entered-in-error', 'planned') THEN 'status ' || status
    END AS omitted,
    CASE
        WHEN problem IS NOT NULL THEN problem
        WHEN known.person_id IS NULL THEN 'nobody of the patients'
        WHEN start_date IS NULL THEN 'no period.start'
        WHEN end_date < start_date THEN 'period.end before period.start'
        WHEN is_beyond(start_date) OR is_beyond(end_date) THEN 'a date before 1800 or after today'
    END AS problem
FROM typed
LEFT JOIN known USING (person_id)
LEFT JOIN word_list AS setting ON setting.list = 'class' AND setting.word = class
LEFT JOIN word_list AS priority ON priority.list = 'priority' AND priority.word = typed.priority
LEFT JOIN word_list AS admit ON admit.list = 'admit' AND admit.word = typed.admit
LEFT JOIN word_list AS discharge ON discharge.list = 'discharge' AND discharge.word = typed.discharge

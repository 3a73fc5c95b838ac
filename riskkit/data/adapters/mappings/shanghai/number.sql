-- Every figure of the summary sheets as a number. `value` is missing where the cell holds something else, or a figure
-- that the contract does not take for plausible; `problem` says which.
CREATE TEMP TABLE number AS
WITH typed AS (
    SELECT
        file, row, visit_id, person_id, visit.date, field, cell.value AS stated,
        TRY_CAST(cell.value AS DOUBLE) AS figure,
        -- Uric acid is headed mmol/L and given in umol/L; a value under 10 can only be mmol/L.
        CASE WHEN field = 'uric_acid' AND figure < 10 THEN 1000 ELSE CAST(factor AS DOUBLE) END AS scale,
        figure * scale AS scaled,
        analyte, analyte_list.unit, slope, shift, lowest, highest
    FROM summary_cell AS cell
    JOIN visit USING (file, row)
    JOIN analyte_list USING (field)
    LEFT JOIN bound USING (analyte, unit)
)
SELECT
    * EXCLUDE (slope, shift, lowest, highest),
    CASE
        WHEN figure IS NULL OR NOT isfinite(figure) OR figure < 0 OR figure = 0 AND field <> 'pack_years'
            THEN 'not a number above 0'
        WHEN scaled * slope + shift NOT BETWEEN lowest AND highest THEN 'not plausible in its unit'
    END AS problem,
    CASE WHEN problem IS NULL THEN scaled END AS value
FROM typed

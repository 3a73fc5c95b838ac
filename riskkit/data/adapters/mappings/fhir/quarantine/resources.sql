-- Resources that are set aside, as they came.
SELECT file, place, type, id, problem AS reason, body FROM fate WHERE problem IS NOT NULL ORDER BY file, place

SELECT a.id AS attachment, 'no clean file' AS fault FROM applications_attachment AS a
LEFT JOIN files_storedfile AS f ON f.id = a.file_id
JOIN applications_application AS file ON file.id = a.application_id
WHERE f.id IS NULL OR (file.submitted_at IS NOT NULL AND a.replaced_at IS NULL
                       AND a.added_at <= file.submitted_at AND f.verdict <> 'CLEAN')
UNION ALL
SELECT id, 'a verdict without its time' FROM files_storedfile
WHERE (verdict = 'PENDING') <> (scanned_at IS NULL)

SELECT table_name || '.' || column_name AS place, data_type AS fault
FROM information_schema.columns
WHERE table_schema = 'public'
  AND (data_type IN ('real', 'double precision', 'money')
       OR (column_name LIKE '%%\_fen' AND data_type <> 'bigint'
           AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')))
UNION ALL
SELECT conrelid::regclass::text, conname || ' is not valid' FROM pg_constraint
WHERE NOT convalidated AND connamespace = 'public'::regnamespace
UNION ALL
SELECT c.table_name, 'status without its check' FROM information_schema.columns AS c
JOIN pg_tables AS t ON t.schemaname = 'public' AND t.tablename = c.table_name
WHERE c.table_schema = 'public' AND c.column_name = 'status'
  AND split_part(c.table_name, '_', 1) IN
    ('alerts', 'applications', 'issuance', 'letters', 'programmes', 'providers', 'redemptions',
     'registry', 'reports', 'settlement')
  AND NOT EXISTS (
    SELECT 1 FROM pg_constraint AS k WHERE k.conrelid = to_regclass(c.table_name)
      AND k.contype = 'c' AND k.conname LIKE '%%status_known')
UNION ALL
SELECT proname, 'SECURITY DEFINER without a pinned search_path' FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND prosecdef
  AND NOT coalesce(proconfig::text LIKE '%%search_path=%%', false)

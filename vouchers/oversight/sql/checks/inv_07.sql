WITH kept (name) AS (VALUES
  ('ledger_journalentry'), ('ledger_transfer'), ('ledger_closedmonth'), ('ledger_chartmove'),
  ('audit_auditevent'), ('audit_auditleaf'), ('audit_treehead'), ('audit_logepoch'),
  ('applications_decision'), ('applications_fileseat'), ('applications_applicationversion'),
  ('applications_applicationfunding'), ('issuance_voucherfunding'),
  ('programmes_capentry'), ('programmes_appropriation'))
SELECT name AS table_name, 'not refused by an ALWAYS trigger' AS fault
FROM kept
WHERE (SELECT count(*) FROM pg_trigger
       WHERE tgrelid = to_regclass(name) AND tgenabled = 'A'
         AND tgname IN (name || '_unchanged', name || '_kept')) <> 2
UNION ALL
SELECT name, 'sq_app may change it' FROM kept
WHERE has_table_privilege('sq_app', to_regclass(name), 'UPDATE,DELETE,TRUNCATE')

SELECT key, 'key used twice' AS fault FROM ledger_journalentry GROUP BY key HAVING count(*) > 1
UNION ALL
SELECT key, 'no digest of the request' FROM ledger_journalentry
WHERE octet_length(request_sha256) IS DISTINCT FROM 32
UNION ALL
SELECT min(key), 'mirrored twice' FROM ledger_journalentry
WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1
UNION ALL
SELECT mirror.key, 'no exact mirror' FROM ledger_journalentry AS mirror
WHERE mirror.reverses_id IS NOT NULL AND (
  SELECT array_agg((debit_account_id, credit_account_id, amount_fen)
                   ORDER BY debit_account_id, credit_account_id, amount_fen)
  FROM ledger_transfer WHERE entry_id = mirror.id
) IS DISTINCT FROM (
  SELECT array_agg((credit_account_id, debit_account_id, amount_fen)
                   ORDER BY credit_account_id, debit_account_id, amount_fen)
  FROM ledger_transfer WHERE entry_id = mirror.reverses_id)
UNION ALL
SELECT e.key, 'begins with the request of no event' FROM ledger_journalentry AS e
WHERE NOT EXISTS (SELECT 1 FROM audit_auditevent AS v WHERE v.request_ref = e.key)
  -- Apart, for each is a hash join then; an OR would read all events for every entry.
  AND NOT EXISTS (
    SELECT 1 FROM audit_auditevent AS v
    WHERE v.request_ref = regexp_replace(e.key, '/[0-9]+$', ''))

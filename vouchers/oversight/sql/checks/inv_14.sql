WITH counted AS (
  SELECT cap_usage_id, subject_ref, sum(delta_fen) AS fen FROM programmes_capentry
  GROUP BY cap_usage_id, subject_ref),
account_of (ref, account) AS (
  SELECT 'application:' || file.number, f.reserved_account_id
  FROM applications_applicationfunding AS f
  JOIN applications_application AS file ON file.id = f.application_id
  UNION ALL
  SELECT 'application:' || file.number, unnest(ARRAY[f.voucher_account_id, f.held_account_id,
                                                     f.payable_account_id, f.paid_account_id])
  FROM issuance_voucherfunding AS f
  JOIN issuance_voucher AS v ON v.id = f.voucher_id
  JOIN applications_application AS file ON file.id = v.application_id),
promised AS (
  SELECT ref, sum(a.credits_fen - a.debits_fen) AS fen
  FROM account_of JOIN ledger_account AS a ON a.id = account GROUP BY ref)
SELECT c.id AS cap_usage, c.scope, '' AS subject, c.used_fen, coalesce(sum(n.fen), 0) AS counted_fen
FROM programmes_capusage AS c LEFT JOIN counted AS n ON n.cap_usage_id = c.id
GROUP BY c.id
HAVING c.used_fen <> coalesce(sum(n.fen), 0) OR c.used_fen > c.limit_fen OR c.used_fen < 0
UNION ALL
-- The ceiling counts what a file was promised and has not given back, to the fen.
SELECT c.id, c.scope, n.subject_ref, coalesce(promised.fen, 0), n.fen
FROM counted AS n
JOIN programmes_capusage AS c ON c.id = n.cap_usage_id AND c.scope = 'CEILING'
LEFT JOIN promised ON promised.ref = n.subject_ref
WHERE n.fen <> coalesce(promised.fen, 0)

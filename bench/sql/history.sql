-- `rows` entries with a transfer each, on the vouchers that are there: an old ledger. Only money's
-- rows; totals move with them, so that the books stay true.
CREATE TEMP TABLE guards AS
  SELECT tgrelid::regclass::text AS at, tgname AS name, tgenabled AS state FROM pg_trigger
  WHERE NOT tgisinternal AND tgrelid::regclass::text IN ('ledger_journalentry', 'ledger_transfer', 'ledger_account');
SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', at, name) FROM guards \gexec
SELECT max(id) AS start FROM ledger_journalentry \gset
SELECT count(*) AS vouchers FROM bench_voucher \gset
INSERT INTO ledger_journalentry
  (id, number, agency_id, kind, key, request_sha256, effective_at, recorded_at, actor_ref, subject_ref)
  SELECT :start + n, 'JV-2024-' || lpad(n::text, 9, '0'), v.agency_id, 'HOLD', 'user:7/old-' || n, '\x00',
         '2025-03-03'::timestamptz + n * interval '0.01 second', now(), 'user:7', 'redemption:RD-2024-' || lpad(n::text, 9, '0')
  FROM generate_series(1, :rows) AS n, (SELECT agency_id FROM issuance_voucher LIMIT 1) AS v;
INSERT INTO ledger_transfer (entry_id, debit_account_id, credit_account_id, amount_fen)
  SELECT :start + old.n, b.usable, b.held, 1
  FROM generate_series(1, :rows) AS old (n) JOIN bench_voucher AS b ON b.n = 1 + old.n % :vouchers;
UPDATE ledger_account AS a SET debits_fen = a.debits_fen + moved.fen
  FROM (SELECT debit_account_id AS id, sum(amount_fen) AS fen FROM ledger_transfer WHERE entry_id > :start GROUP BY 1) AS moved
  WHERE a.id = moved.id;
UPDATE ledger_account AS a SET credits_fen = a.credits_fen + moved.fen
  FROM (SELECT credit_account_id AS id, sum(amount_fen) AS fen FROM ledger_transfer WHERE entry_id > :start GROUP BY 1) AS moved
  WHERE a.id = moved.id;
SELECT setval('ledger_journalentry_id_seq', :start + :rows);
SET CONSTRAINTS ALL IMMEDIATE;
SELECT format('ALTER TABLE %s ENABLE %s TRIGGER %I', at, CASE state WHEN 'A' THEN 'ALWAYS' ELSE '' END, name) FROM guards \gexec
VACUUM ANALYZE ledger_journalentry, ledger_transfer, ledger_account;

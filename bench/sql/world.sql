-- Many vouchers from the one that verbs have made, each with accounts of its own; then money on them
-- by the ledger's own function. `one`: vouchers of the first programme; `many` × `each`: of as many
-- programmes again. Triggers sleep while rows are copied, and are set back as they were.
BEGIN;
CREATE TEMP TABLE guards AS
  SELECT tgrelid::regclass::text AS at, tgname AS name, tgenabled AS state
  FROM pg_trigger WHERE NOT tgisinternal;
SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', at, name) FROM guards \gexec

CREATE TEMP TABLE first AS
  SELECT v.id AS voucher, f.id AS funding, v.programme_id AS programme, f.line_id AS line,
         l.pool_account_id AS pool, v.agency_id AS agency
  FROM issuance_voucher v JOIN issuance_voucherfunding f ON f.voucher_id = v.id
  JOIN programmes_budgetline l ON l.id = f.line_id LIMIT 1;

-- Further programmes: their admission, their line, its pool and the source that pool is filled from.
CREATE TEMP TABLE schemes AS
  SELECT n, nextval('programmes_programme_id_seq') AS programme, nextval('programmes_budgetline_id_seq') AS line,
         nextval('ledger_account_id_seq') AS pool, nextval('ledger_account_id_seq') AS source
  FROM generate_series(1, :many) AS n;
INSERT INTO programmes_programme
  SELECT (jsonb_populate_record(p, jsonb_build_object('id', s.programme, 'code', p.code || '-' || s.n))).*
  FROM schemes s, first, programmes_programme p WHERE p.id = first.programme;
INSERT INTO providers_admission
  SELECT (jsonb_populate_record(a, jsonb_build_object('id', nextval('providers_admission_id_seq'), 'programme_id', s.programme))).*
  FROM schemes s, first, providers_admission a WHERE a.programme_id = first.programme;
INSERT INTO ledger_account
  (id, kind, line_group, parent_group, label, is_source, debits_fen, credits_fen, lock_marker, agency_id)
  SELECT s.pool, 'POOL', s.pool, NULL::bigint, 'bench', false, 0, 0, false, first.agency FROM schemes s, first
  UNION ALL
  SELECT s.source, 'APPROPRIATION', s.pool, NULL::bigint, 'bench', true, 0, 0, false, first.agency FROM schemes s, first;
INSERT INTO programmes_budgetline
  SELECT (jsonb_populate_record(l, jsonb_build_object('id', s.line, 'number', l.number || '-' || s.n,
          'programme_id', s.programme, 'pool_account_id', s.pool, 'source_account_id', NULL, 'recovered_account_id', NULL))).*
  FROM schemes s, first, programmes_budgetline l WHERE l.id = first.line;

CREATE TEMP TABLE made AS
  SELECT row_number() OVER () AS n, place.*, nextval('issuance_voucher_id_seq') AS voucher,
         nextval('issuance_voucherfunding_id_seq') AS funding,
         nextval('ledger_account_id_seq') AS usable, nextval('ledger_account_id_seq') AS held,
         nextval('ledger_account_id_seq') AS payable, nextval('ledger_account_id_seq') AS paid
  FROM (SELECT first.programme, first.line, first.pool FROM first, generate_series(1, :one)
        UNION ALL
        SELECT s.programme, s.line, s.pool FROM schemes s, generate_series(1, :each)) AS place;
INSERT INTO ledger_account
  (id, kind, line_group, parent_group, label, is_source, debits_fen, credits_fen, lock_marker, agency_id)
  SELECT account.id, account.kind, m.pool, NULL::bigint, 'voucher:B-' || m.n, false, 0, 0, false, first.agency
  FROM made m, first, LATERAL (VALUES (m.usable, 'VOUCHER'), (m.held, 'HELD'), (m.payable, 'PAYABLE'), (m.paid, 'PAID')) AS account (id, kind);
INSERT INTO issuance_voucher
  SELECT (jsonb_populate_record(v, jsonb_build_object('id', m.voucher, 'number', 'B-' || m.n,
          'programme_id', m.programme, 'kind', 'bench-' || m.n, 'face_fen', 1000000000))).*
  FROM made m, first, issuance_voucher v WHERE v.id = first.voucher;
INSERT INTO issuance_voucherfunding
  SELECT (jsonb_populate_record(f, jsonb_build_object('id', m.funding, 'voucher_id', m.voucher, 'line_id', m.line,
          'face_fen', 1000000000, 'voucher_account_id', m.usable, 'held_account_id', m.held, 'payable_account_id', m.payable, 'paid_account_id', m.paid))).*
  FROM made m, first, issuance_voucherfunding f WHERE f.id = first.funding;

SET CONSTRAINTS ALL IMMEDIATE;
SELECT format('ALTER TABLE %s ENABLE %s TRIGGER %I', at, CASE state WHEN 'A' THEN 'ALWAYS' ELSE '' END, name) FROM guards \gexec

SELECT ledger_post('APPROPRIATE', first.agency, 'bench/fund-' || s.n, '\x00', now(), 'system:bench', 'line:bench', NULL,
                   ARRAY[s.source], ARRAY[s.pool], ARRAY[:each * 1000000000::bigint])
  FROM schemes s, first;
SELECT ledger_post('TOP_UP', first.agency, 'bench/top-up-' || made.pool, '\x00', now(), 'system:bench', 'voucher:bench', NULL,
                   array_agg(made.pool), array_agg(usable), array_agg(1000000000::bigint))
  FROM made, first GROUP BY first.agency, made.pool;
CREATE TABLE bench_voucher AS
  SELECT row_number() OVER (ORDER BY n) AS n, voucher, usable, held, programme <> (SELECT programme FROM first) AS is_of_many FROM made;
ALTER TABLE bench_voucher ADD PRIMARY KEY (n);
GRANT SELECT ON bench_voucher TO sq_app;
COMMIT;
ANALYZE;

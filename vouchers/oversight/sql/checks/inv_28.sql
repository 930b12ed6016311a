WITH told (place, ref) AS (
  SELECT 'deadline:' || id, subject_ref FROM agencies_deadline
  UNION ALL SELECT 'letter:' || number, subject_ref FROM letters_letter
  -- A question about a noun ("application:AP-1#objection-2") is signed under the noun's own name.
  UNION ALL SELECT 'decision:' || id, split_part(subject_ref, '#', 1) FROM applications_decision
  UNION ALL SELECT 'evidence_claim:' || id, subject_ref FROM applications_evidenceclaim
  UNION ALL SELECT 'cap_entry:' || id, subject_ref FROM programmes_capentry
  UNION ALL SELECT 'entry:' || number, subject_ref FROM ledger_journalentry
  UNION ALL SELECT 'duty:' || id, programme_ref FROM users_duty WHERE programme_ref <> ''),
known (ref) AS (
  SELECT 'application:' || number FROM applications_application
  UNION ALL SELECT 'voucher:' || number FROM issuance_voucher
  UNION ALL SELECT 'redemption:' || number FROM redemptions_redemption
  UNION ALL SELECT 'settlement:' || number FROM settlement_settlementbatch
  UNION ALL SELECT 'line:' || number FROM programmes_budgetline
  UNION ALL SELECT 'programme:' || code FROM programmes_programme
  UNION ALL SELECT 'provider:' || number FROM providers_provider
  UNION ALL SELECT 'letter:' || number FROM letters_letter
  UNION ALL SELECT 'notice:' || number FROM applications_publicnotice
  UNION ALL SELECT 'company:' || credit_code FROM registry_company)
SELECT told.place, told.ref FROM told
WHERE told.ref SIMILAR TO
    '(application|voucher|redemption|settlement|line|programme|provider|letter|notice|company):%%'
  AND NOT EXISTS (SELECT 1 FROM known WHERE known.ref = told.ref)
UNION ALL
SELECT told.place, told.ref FROM told WHERE told.ref NOT LIKE '%%_:_%%'
UNION ALL
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE conname LIKE '%%same_agency' AND NOT convalidated

SELECT file.number AS application, file.status, file.reserved_fen, coalesce(stands.fen, 0) AS stands_fen
FROM applications_application AS file
LEFT JOIN LATERAL (
  SELECT sum(a.credits_fen - a.debits_fen) AS fen FROM applications_applicationfunding AS f
  JOIN ledger_account AS a ON a.id = f.reserved_account_id
  WHERE f.application_id = file.id) AS stands ON true
WHERE coalesce(stands.fen, 0) <> file.reserved_fen
   OR (file.reserved_fen <> 0
       AND file.status NOT IN ('IN_PUBLIC_NOTICE', 'OBJECTED', 'IN_REVIEW', 'RECOMMENDED',
                               'NOT_RECOMMENDED', 'APPROVED')
       AND NOT (file.status = 'ISSUED' AND EXISTS (
         SELECT 1 FROM issuance_voucher AS v
         WHERE v.application_id = file.id AND v.status = 'PENDING')))

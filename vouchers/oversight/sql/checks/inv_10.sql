SELECT v.number AS voucher, v.status, a.kind, a.credits_fen - a.debits_fen AS balance_fen
FROM issuance_voucher AS v
JOIN issuance_voucherfunding AS f ON f.voucher_id = v.id
JOIN ledger_account AS a ON a.id IN (f.voucher_account_id, f.held_account_id)
WHERE a.credits_fen <> a.debits_fen
  AND NOT (v.status IN ('ACTIVE', 'SUSPENDED')
           OR (a.kind = 'HELD' AND v.status IN ('EXPIRED', 'REVOKED')))

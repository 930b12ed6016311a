SELECT id AS account, label, credits_fen - debits_fen AS balance_fen
FROM ledger_account
WHERE debits_fen > credits_fen AND NOT (is_source AND kind = 'APPROPRIATION')

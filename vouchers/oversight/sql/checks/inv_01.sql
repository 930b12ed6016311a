SELECT id AS transfer, amount_fen, debit_account_id, credit_account_id
FROM ledger_transfer
WHERE amount_fen <= 0 OR debit_account_id = credit_account_id

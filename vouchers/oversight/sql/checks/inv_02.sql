WITH moved AS (
  SELECT account, sum(debit) AS debits, sum(credit) AS credits FROM (
    SELECT debit_account_id AS account, amount_fen AS debit, 0 AS credit FROM ledger_transfer
    UNION ALL
    SELECT credit_account_id, 0, amount_fen FROM ledger_transfer) AS sides
  GROUP BY account)
SELECT a.id AS account, a.debits_fen, a.credits_fen, m.debits, m.credits
FROM ledger_account AS a LEFT JOIN moved AS m ON m.account = a.id
WHERE a.debits_fen <> coalesce(m.debits, 0) OR a.credits_fen <> coalesce(m.credits, 0)

WITH answered AS (
  SELECT line.pool_account_id AS line_group, sum(i.amount_fen) AS fen
  FROM settlement_paymentinstruction AS i
  JOIN programmes_budgetline AS line ON line.id = i.line_id
  WHERE i.status = 'PAID' GROUP BY line.pool_account_id),
posted AS (
  SELECT a.line_group,
    sum(CASE e.kind WHEN 'PAY' THEN t.amount_fen ELSE -t.amount_fen END) AS fen
  FROM ledger_transfer AS t
  JOIN ledger_journalentry AS e ON e.id = t.entry_id AND e.kind IN ('PAY', 'BOUNCE')
  JOIN ledger_account AS a ON a.id = t.debit_account_id
  GROUP BY a.line_group)
SELECT line_group::text AS place, 'results and postings differ' AS fault
FROM answered FULL JOIN posted USING (line_group)
WHERE coalesce(answered.fen, 0) <> coalesce(posted.fen, 0)
UNION ALL
SELECT treasury_number, 'number used twice' FROM settlement_paymentinstruction
WHERE treasury_number <> '' GROUP BY agency_id, treasury_number HAVING count(*) > 1
UNION ALL
SELECT id::text, 'paid without proof' FROM settlement_paymentinstruction
WHERE status IN ('PAID', 'RETURNED') AND (treasury_number = '' OR receipt_sha256 = '')

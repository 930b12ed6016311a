WITH inside AS (
  SELECT id, line_group, credits_fen - debits_fen AS fen FROM ledger_account
  WHERE kind <> 'APPROPRIATION'),
crossing AS (
  SELECT c.line_group AS line, t.amount_fen AS fen FROM ledger_transfer AS t
    JOIN inside AS c ON c.id = t.credit_account_id
    LEFT JOIN inside AS d ON d.id = t.debit_account_id
    WHERE d.line_group IS DISTINCT FROM c.line_group
  UNION ALL
  SELECT d.line_group, -t.amount_fen FROM ledger_transfer AS t
    JOIN inside AS d ON d.id = t.debit_account_id
    LEFT JOIN inside AS c ON c.id = t.credit_account_id
    WHERE d.line_group IS DISTINCT FROM c.line_group)
SELECT shown.line, shown.fen AS shown_fen, coalesce(received.fen, 0) AS received_fen
FROM (SELECT line_group AS line, sum(fen) AS fen FROM inside GROUP BY line_group) AS shown
LEFT JOIN (SELECT line, sum(fen) AS fen FROM crossing GROUP BY line) AS received USING (line)
WHERE shown.fen <> coalesce(received.fen, 0)
UNION ALL
-- A root received what its document says, once it is open, and nothing beside it.
SELECT line.pool_account_id, document.amount_fen, source.debits_fen
FROM programmes_budgetline AS line
JOIN programmes_appropriation AS document ON document.id = line.appropriation_id
JOIN ledger_account AS source ON source.id = line.source_account_id
WHERE source.debits_fen <>
  CASE WHEN line.status IN ('DRAFT', 'APPROVED', 'VOID') THEN 0 ELSE document.amount_fen END

SELECT a.line_group AS line,
  sum(t.amount_fen) FILTER (WHERE e.kind = 'RECOVER') AS recovered_fen
FROM ledger_transfer AS t
JOIN ledger_journalentry AS e ON e.id = t.entry_id
JOIN ledger_account AS a ON a.id = t.debit_account_id
GROUP BY a.line_group
HAVING coalesce(sum(t.amount_fen) FILTER (WHERE e.kind = 'RECOVER'), 0)
     > coalesce(sum(t.amount_fen) FILTER (WHERE e.kind = 'PAY'), 0)
     - coalesce(sum(t.amount_fen) FILTER (WHERE e.kind = 'BOUNCE'), 0)

SELECT t.id AS transfer, e.kind AS entry_kind, d.kind AS debit_kind, c.kind AS credit_kind
FROM ledger_transfer AS t
JOIN ledger_journalentry AS e ON e.id = t.entry_id
JOIN ledger_account AS d ON d.id = t.debit_account_id
JOIN ledger_account AS c ON c.id = t.credit_account_id
WHERE (d.line_group = c.line_group AND d.agency_id <> c.agency_id)
   OR NOT EXISTS (
     SELECT 1 FROM ledger_chartmove AS move
     WHERE move.entry_kind = e.kind AND move.debit_kind = d.kind AND move.credit_kind = c.kind
       AND move.lines = CASE WHEN d.line_group = c.line_group THEN 'same'
                             WHEN c.parent_group = d.line_group THEN 'to_child'
                             WHEN d.parent_group = c.line_group THEN 'to_parent' END)

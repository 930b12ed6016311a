SELECT e.number AS entry, e.effective_at, m.month_date
FROM ledger_closedmonth AS m
JOIN audit_auditevent AS closed
  ON closed.action = 'month.closed' AND closed.subject_ref = 'agency:' || m.agency_id
JOIN audit_auditpayload AS p
  ON p.event_id = closed.id AND p.content->'facts'->>'month' = m.month_date::text
JOIN ledger_journalentry AS e ON e.recorded_at > closed.recorded_at
  AND date_trunc('month', e.effective_at AT TIME ZONE 'Asia/Shanghai') <= m.month_date
WHERE m.agency_id = e.agency_id OR EXISTS (
  SELECT 1 FROM ledger_transfer AS t
  JOIN ledger_account AS a ON a.id IN (t.debit_account_id, t.credit_account_id)
  WHERE t.entry_id = e.id AND a.agency_id = m.agency_id)

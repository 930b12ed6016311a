SELECT e.number AS entry, e.effective_at, m.month_date
FROM ledger_journalentry AS e
JOIN ledger_closedmonth AS m ON m.agency_id = e.agency_id
  AND date_trunc('month', e.effective_at AT TIME ZONE 'Asia/Shanghai') <= m.month_date
WHERE e.recorded_at > m.closed_at

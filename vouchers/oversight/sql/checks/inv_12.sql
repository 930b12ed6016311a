WITH expected AS (
  SELECT rf.voucher_funding_id AS funding,
    sum(rf.held_fen) FILTER (WHERE r.held_fen > 0) AS held,
    sum(rf.accepted_fen) FILTER (
      WHERE r.status IN ('ACCEPTED', 'IN_SETTLEMENT', 'SETTLED')) AS owed
  FROM redemptions_redemptionfunding AS rf
  JOIN redemptions_redemption AS r ON r.id = rf.redemption_id
  GROUP BY rf.voucher_funding_id),
paid AS (
  SELECT voucher_funding_id AS funding, sum(amount_fen) AS fen
  FROM settlement_settlementline WHERE status = 'PAID' GROUP BY voucher_funding_id)
SELECT f.id AS voucher_funding, h.credits_fen - h.debits_fen AS held_fen, e.held,
       p.credits_fen - p.debits_fen AS payable_fen, e.owed, paid.fen AS paid
FROM issuance_voucherfunding AS f
JOIN ledger_account AS h ON h.id = f.held_account_id
JOIN ledger_account AS p ON p.id = f.payable_account_id
LEFT JOIN expected AS e ON e.funding = f.id
LEFT JOIN paid ON paid.funding = f.id
WHERE h.credits_fen - h.debits_fen <> coalesce(e.held, 0)
   OR p.credits_fen - p.debits_fen <> coalesce(e.owed, 0) - coalesce(paid.fen, 0)
UNION ALL
SELECT r.id, r.held_fen, sum(rf.held_fen), r.accepted_fen, sum(rf.accepted_fen), NULL
FROM redemptions_redemption AS r
LEFT JOIN redemptions_redemptionfunding AS rf ON rf.redemption_id = r.id
GROUP BY r.id
HAVING r.held_fen <> coalesce(sum(rf.held_fen), 0)
    OR r.accepted_fen <> coalesce(sum(rf.accepted_fen), 0)

SELECT line.redemption_id AS redemption, line.voucher_funding_id AS funding,
       count(*) AS live_lines, sum(line.amount_fen) AS lines_fen
FROM settlement_settlementline AS line
WHERE line.status IN ('DRAFT', 'PENDING', 'PAID')
GROUP BY line.redemption_id, line.voucher_funding_id
HAVING count(*) > 1 OR sum(line.amount_fen) > coalesce((
  SELECT sum(rf.accepted_fen) FROM redemptions_redemptionfunding AS rf
  WHERE rf.redemption_id = line.redemption_id
    AND rf.voucher_funding_id = line.voucher_funding_id), 0)

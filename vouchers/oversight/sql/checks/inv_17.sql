SELECT b.number AS batch, b.status, b.total_fen, coalesce(sum(line.amount_fen), 0) AS lines_fen
FROM settlement_settlementbatch AS b
LEFT JOIN settlement_settlementline AS line
  ON line.batch_id = b.id AND line.status NOT IN ('TAKEN_OUT', 'VOID')
WHERE b.status <> 'ABORTED'
GROUP BY b.id
HAVING b.total_fen <> coalesce(sum(line.amount_fen), 0)
    OR (b.status <> 'OPEN' AND b.sha256 = '')
UNION ALL
SELECT b.number, b.status, i.amount_fen, coalesce(sum(line.amount_fen), 0)
FROM settlement_settlementbatch AS b
JOIN settlement_paymentorder AS o ON o.batch_id = b.id AND o.cycle = b.cycle
JOIN settlement_paymentinstruction AS i ON i.order_id = o.id
LEFT JOIN settlement_settlementline AS line ON line.instruction_id = i.id AND line.status <> 'VOID'
WHERE b.status NOT IN ('OPEN', 'ABORTED')
GROUP BY b.id, i.id
HAVING i.amount_fen <> coalesce(sum(line.amount_fen), 0)
UNION ALL
SELECT b.number, b.status, line.amount_fen, 0
FROM settlement_settlementbatch AS b
JOIN settlement_settlementline AS line ON line.batch_id = b.id
WHERE b.status NOT IN ('OPEN', 'ABORTED') AND line.status <> 'VOID' AND line.instruction_id IS NULL

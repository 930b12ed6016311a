SELECT b.number AS batch, b.status, b.total_fen, coalesce(sum(line.amount_fen), 0) AS lines_fen
FROM settlement_settlementbatch AS b
LEFT JOIN settlement_settlementline AS line
  ON line.batch_id = b.id AND line.status NOT IN ('TAKEN_OUT', 'VOID')
WHERE b.status <> 'ABORTED'
GROUP BY b.id
HAVING b.total_fen <> coalesce(sum(line.amount_fen), 0)
    OR (b.status <> 'OPEN' AND b.sha256 = '')

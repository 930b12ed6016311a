WITH given AS (
  SELECT f.voucher_id, f.face_fen, coalesce(sum(t.amount_fen), 0) AS fen
  FROM issuance_voucherfunding AS f
  LEFT JOIN (ledger_transfer AS t JOIN ledger_journalentry AS e
    ON e.id = t.entry_id AND e.kind IN ('ISSUE', 'TOP_UP')) ON t.credit_account_id = f.voucher_account_id
  GROUP BY f.id)
SELECT v.number AS voucher, v.status, v.face_fen, sum(given.face_fen) AS funded_fen,
       sum(given.fen) AS given_fen
FROM issuance_voucher AS v LEFT JOIN given ON given.voucher_id = v.id
GROUP BY v.id
HAVING sum(given.face_fen) IS DISTINCT FROM v.face_fen
    OR bool_or(given.fen <> CASE WHEN v.status IN ('PENDING', 'DECLINED', 'LAPSED') THEN 0
                                 ELSE given.face_fen END)

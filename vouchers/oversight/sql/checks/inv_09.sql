SELECT v.number AS voucher, v.status, v.face_fen, sum(f.face_fen) AS funded_fen,
       coalesce(sum(given.fen), 0) AS given_fen
FROM issuance_voucher AS v
LEFT JOIN issuance_voucherfunding AS f ON f.voucher_id = v.id
LEFT JOIN LATERAL (
  SELECT sum(t.amount_fen) AS fen FROM ledger_transfer AS t
  JOIN ledger_journalentry AS e ON e.id = t.entry_id AND e.kind IN ('ISSUE', 'TOP_UP')
  WHERE t.credit_account_id = f.voucher_account_id) AS given ON true
GROUP BY v.id
HAVING coalesce(sum(given.fen), 0) <>
       CASE WHEN v.status IN ('PENDING', 'DECLINED', 'LAPSED') THEN 0 ELSE v.face_fen END
   OR (v.status NOT IN ('PENDING', 'DECLINED', 'LAPSED')
       AND sum(f.face_fen) IS DISTINCT FROM v.face_fen)

SELECT d.id AS document, d.claimed_fen, d.live_claims,
  coalesce(sum(c.amount_fen), 0) AS live_fen, count(c.id) AS live
FROM applications_evidencedocument AS d
LEFT JOIN applications_evidenceclaim AS c ON c.document_id = d.id AND c.released_at IS NULL
GROUP BY d.id
HAVING d.claimed_fen <> coalesce(sum(c.amount_fen), 0) OR d.live_claims <> count(c.id)
    OR d.claimed_fen > d.limit_fen
    OR (bool_or(c.is_exclusive) AND count(c.id) FILTER (WHERE c.is_exclusive) > 1)

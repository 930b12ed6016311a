SELECT c.id AS cap_usage, c.scope, c.used_fen, c.limit_fen, coalesce(sum(e.delta_fen), 0) AS counted_fen
FROM programmes_capusage AS c
LEFT JOIN programmes_capentry AS e ON e.cap_usage_id = c.id
GROUP BY c.id
HAVING c.used_fen <> coalesce(sum(e.delta_fen), 0) OR c.used_fen > c.limit_fen OR c.used_fen < 0

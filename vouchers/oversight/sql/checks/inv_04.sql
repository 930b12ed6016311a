WITH RECURSIVE tree AS (
  SELECT id AS pool, id AS root FROM ledger_account WHERE kind = 'POOL' AND parent_group IS NULL
  UNION ALL
  SELECT child.id, tree.root FROM ledger_account AS child
    JOIN tree ON child.parent_group = tree.pool WHERE child.kind = 'POOL')
SELECT tree.root AS tree, sum(a.credits_fen - a.debits_fen) AS left_over_fen
FROM ledger_account AS a LEFT JOIN tree ON tree.pool = a.line_group
GROUP BY tree.root
HAVING sum(a.credits_fen - a.debits_fen) <> 0

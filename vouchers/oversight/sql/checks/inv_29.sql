SELECT 'leaves' AS place, count(*) AS found, coalesce(max(index) + 1, 0) AS wanted
FROM audit_auditleaf HAVING count(*) <> coalesce(max(index) + 1, 0)
UNION ALL
SELECT 'newest root', (SELECT count(*) FROM audit_auditleaf),
  coalesce((SELECT max(size) FROM audit_treehead), 0)
WHERE (SELECT count(*) FROM audit_auditleaf) <> coalesce((SELECT max(size) FROM audit_treehead), 0)
UNION ALL
SELECT 'unsealed longer than a minute', e.id, NULL FROM audit_auditevent AS e
WHERE e.recorded_at < clock_timestamp() - interval '60 seconds'
  AND NOT EXISTS (SELECT 1 FROM audit_auditleaf AS leaf WHERE leaf.event_id = e.id)

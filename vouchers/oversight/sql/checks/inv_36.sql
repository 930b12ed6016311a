WITH verdict AS (
  SELECT e.id, e.subject_ref, e.at, p.content->'facts'->>'status' AS status
  FROM audit_auditevent AS e JOIN audit_auditpayload AS p ON p.event_id = e.id
  WHERE e.action = 'evidence.verified')
SELECT r.number AS redemption, r.status, last.status AS invoice_status
FROM redemptions_redemption AS r
LEFT JOIN LATERAL (
  SELECT status FROM verdict
  WHERE subject_ref = 'redemption:' || r.number AND at <= r.accepted_at
  ORDER BY id DESC LIMIT 1) AS last ON true
WHERE r.status IN ('ACCEPTED', 'IN_SETTLEMENT', 'SETTLED') AND last.status IS DISTINCT FROM 'VERIFIED'

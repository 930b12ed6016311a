WITH noun AS (
  SELECT 'application:' || number AS ref, status FROM applications_application
  UNION ALL SELECT 'voucher:' || number, status FROM issuance_voucher
  UNION ALL SELECT 'redemption:' || number, status FROM redemptions_redemption
  UNION ALL SELECT 'settlement:' || number, status FROM settlement_settlementbatch)
SELECT noun.ref AS subject, noun.status, logged.status AS logged_status
FROM noun
LEFT JOIN LATERAL (
  SELECT p.content->'after'->>'status' AS status
  FROM audit_auditevent AS e JOIN audit_auditpayload AS p ON p.event_id = e.id
  WHERE e.subject_ref = noun.ref AND p.content->'after' ? 'status'
  ORDER BY e.id DESC LIMIT 1) AS logged ON true
WHERE logged.status IS DISTINCT FROM noun.status

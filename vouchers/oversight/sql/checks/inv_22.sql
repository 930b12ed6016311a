WITH allowed (act, roles) AS (VALUES
  ('SCREEN', ARRAY['intake']), ('REVIEW', ARRAY['reviewer']), ('APPROVE', ARRAY['approver']),
  ('OBJECTION', ARRAY['approver']), ('ACCEPT', ARRAY['reviewer', 'intake']),
  ('CONFIRM', ARRAY['reviewer']), ('BUILD', ARRAY['finance_clerk']),
  ('BATCH_APPROVE', ARRAY['approver', 'reviewer']),
  ('AUTHORISE', ARRAY['finance_authoriser', 'approver']), ('RELEASE', ARRAY['finance_releaser']))
SELECT d.id AS decision, d.act, d.at
FROM applications_decision AS d
LEFT JOIN users_duty AS duty ON duty.id = d.duty_id
LEFT JOIN allowed ON allowed.act = d.act
WHERE duty.user_id IS DISTINCT FROM d.user_id OR duty.agency_id IS DISTINCT FROM d.agency_id
   OR d.at < duty.valid_from OR d.at >= coalesce(duty.valid_until, 'infinity')
   OR (duty.role = ANY (allowed.roles)) IS NOT TRUE

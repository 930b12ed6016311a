WITH burdened (ref, since) AS (
  SELECT 'application:' || file.number, file.status_at FROM applications_application AS file
  WHERE file.status = 'INELIGIBLE' OR (file.status = 'REJECTED' AND EXISTS (
    SELECT 1 FROM applications_noticerow AS told WHERE told.application_id = file.id))
  UNION ALL
  SELECT 'voucher:' || v.number, v.status_at FROM issuance_voucher AS v
  WHERE v.status = 'REVOKED')
SELECT ref AS subject FROM burdened
WHERE NOT EXISTS (
  SELECT 1 FROM letters_letter AS l
  WHERE l.subject_ref = burdened.ref AND l.kind = 'PRIOR_NOTICE' AND l.status = 'SERVED'
    AND (l.reply_until <= burdened.since OR l.waived_at <= burdened.since
         OR l.replied_at <= burdened.since))

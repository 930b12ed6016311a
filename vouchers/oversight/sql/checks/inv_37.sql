WITH burdened (ref, burden, since) AS (
  SELECT 'application:' || file.number, file.status, file.status_at
  FROM applications_application AS file
  WHERE file.status = 'INELIGIBLE' OR (file.status = 'REJECTED' AND EXISTS (
    SELECT 1 FROM applications_noticerow AS told WHERE told.application_id = file.id))
  UNION ALL
  SELECT 'voucher:' || v.number, 'REVOKED', coalesce(d.at, v.status_at)
  FROM issuance_voucher AS v LEFT JOIN applications_decision AS d
    ON d.subject_ref = 'voucher:' || v.number AND d.outcome = 'REVOKED'
  WHERE v.status = 'REVOKED' OR d.id IS NOT NULL)
SELECT ref AS subject, burden FROM burdened WHERE NOT burden_may_rest(ref, burden, since)

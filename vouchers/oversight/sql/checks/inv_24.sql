SELECT 'decision:' || id AS place, 'steps back' AS fault FROM (
  SELECT id, at, max(at) OVER (PARTITION BY application_id ORDER BY id
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM applications_decision) AS d
WHERE at < before
UNION ALL
SELECT 'decision:' || d.id, 'decided on a day outside the file''s life'
FROM applications_decision AS d
JOIN applications_application AS file ON file.id = d.application_id
WHERE d.decided_on > (d.at AT TIME ZONE 'Asia/Shanghai')::date
   OR d.decided_on < (file.submitted_at AT TIME ZONE 'Asia/Shanghai')::date
UNION ALL
-- Under the noun's lock the record's order is the order of the acts; two hands at once may differ
-- by the time they waited.
SELECT 'event:' || id, 'steps back' FROM (
  SELECT id, at, max(at) OVER (PARTITION BY subject_ref ORDER BY id
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM audit_auditevent
  WHERE split_part(subject_ref, ':', 1) IN ('application', 'voucher', 'redemption', 'settlement')
  ) AS e
WHERE at < before - interval '5 seconds'
UNION ALL
SELECT 'event:' || id, 'lies ahead of the database' FROM audit_auditevent
WHERE at > recorded_at + interval '5 seconds'
UNION ALL
SELECT 'entry:' || number, 'lies ahead of the database' FROM ledger_journalentry
WHERE effective_at > recorded_at + interval '5 seconds'

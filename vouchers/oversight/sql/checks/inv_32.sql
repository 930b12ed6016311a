SELECT id AS deadline, kind, subject_ref, due_at
FROM agencies_deadline
WHERE done_at IS NULL AND failed_at IS NULL AND paused_at IS NULL
  AND due_at < %(at)s::timestamptz - interval '1 day'

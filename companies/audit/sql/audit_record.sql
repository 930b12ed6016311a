-- One event and its payload; `event_stamped` adds what only the database knows.
CREATE FUNCTION audit_record(
  action text, actor text, duty text, agency bigint, subject text, request text, request_id text,
  happened_at timestamptz, salt bytea, content jsonb, payload_sha256 bytea
) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  event bigint;
BEGIN
  INSERT INTO public.audit_auditevent
    (epoch, tx, recorded_at, action, actor_ref, duty_ref, agency_id, subject_ref, request_ref, request_id, at, payload_sha256)
  VALUES (0, 0, happened_at, action, actor, duty, agency, subject, request, request_id, happened_at, payload_sha256)
  RETURNING id INTO event;
  INSERT INTO public.audit_auditpayload (event_id, salt, content) VALUES (event, salt, content);
  RETURN event;
END $$;

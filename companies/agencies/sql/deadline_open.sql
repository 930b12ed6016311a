-- A promise; a second one of the same kind on one noun is refused by its constraint.
CREATE FUNCTION deadline_open(
  agency bigint, promised text, subject text, ends_at timestamptz, promised_at timestamptz
) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  deadline bigint;
BEGIN
  INSERT INTO public.agencies_deadline
    (agency_id, kind, subject_ref, due_at, created_at, outcome, attempts, last_error)
  VALUES (agency, promised, subject, ends_at, promised_at, '', 0, '')
  RETURNING id INTO deadline;
  RETURN deadline;
END $$;

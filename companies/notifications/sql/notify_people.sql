-- One row per person, once, however often the id is given.
CREATE FUNCTION notify_people(
  people bigint[], message_code text, subject text, told jsonb, told_at timestamptz
) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.notifications_notification (user_id, code, subject_ref, facts, created_at)
    SELECT DISTINCT person, message_code, subject, told, told_at FROM unnest(people) AS person
    ORDER BY person;
END $$;

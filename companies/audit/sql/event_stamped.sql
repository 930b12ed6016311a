-- The database alone says when and in which transaction an event was written.
CREATE FUNCTION event_stamped() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.epoch := (SELECT max(number) FROM public.audit_logepoch);
  NEW.tx := pg_current_xact_id()::text::bigint;
  NEW.recorded_at := clock_timestamp();
  IF NEW.at > NEW.recorded_at + interval '5 seconds' THEN
    RAISE EXCEPTION 'event_not_ahead: % lies ahead of the database clock', NEW.at
      USING ERRCODE = 'datetime_field_overflow', CONSTRAINT = 'event_not_ahead';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER event_stamped BEFORE INSERT ON audit_auditevent
  FOR EACH ROW EXECUTE FUNCTION event_stamped();
ALTER TABLE audit_auditevent ENABLE ALWAYS TRIGGER event_stamped;

-- Shared by every noun with a life of its own. The steps of its states.py and the status it is born
-- with come as the trigger's arguments, so that a legal life is the database's word, too.
CREATE FUNCTION status_follows_steps() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF (TG_OP = 'INSERT' AND NEW.status <> TG_ARGV[1])
     OR (TG_OP = 'UPDATE' AND NEW.status <> OLD.status
         AND NOT coalesce(TG_ARGV[0]::jsonb -> OLD.status ? NEW.status, false)) THEN
    RAISE EXCEPTION 'status_follows_steps: % on % cannot become %', TG_OP, TG_TABLE_NAME, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;

-- Along one noun time only goes forward, and never ahead of the database's own clock. Ahead is the
-- fault of the caller's clock and has a state of its own: nobody else was faster.
CREATE FUNCTION time_goes_forward() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.status_at > clock_timestamp() + interval '5 seconds' THEN
    RAISE EXCEPTION 'time_goes_forward: % on % lies ahead of the database clock', NEW.status_at,
      TG_TABLE_NAME
      USING ERRCODE = 'datetime_field_overflow', CONSTRAINT = TG_NAME;
  ELSIF TG_OP = 'UPDATE' AND NEW.status_at < OLD.status_at THEN
    RAISE EXCEPTION 'time_goes_forward: % on % steps back', NEW.status_at, TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;

-- A right once given stays as written; it may only end, or end earlier. A longer one is a new row,
-- so that what somebody was allowed at any moment can be read for ever.
CREATE FUNCTION right_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND to_jsonb(NEW) - 'valid_until' = to_jsonb(OLD) - 'valid_until'
     AND coalesce(NEW.valid_until, 'infinity') <= coalesce(OLD.valid_until, 'infinity') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'right_frozen: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER duty_frozen BEFORE UPDATE OR DELETE ON users_duty
  FOR EACH ROW EXECUTE FUNCTION right_frozen();
ALTER TABLE users_duty ENABLE ALWAYS TRIGGER duty_frozen;

-- A signed letter's text never changes; service, reply, waiver and withdrawal are written on it
-- once each.
CREATE FUNCTION letter_text_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  later text[] := ARRAY['status', 'served_at', 'reply_until', 'reply', 'replied_at', 'waived_at'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - later = to_jsonb(OLD) - later
     AND (OLD.status = 'SIGNED'
          OR ((NEW.status = OLD.status OR (OLD.status = 'SERVED' AND NEW.status = 'WITHDRAWN'))
              AND NEW.served_at = OLD.served_at
              AND NEW.reply_until IS NOT DISTINCT FROM OLD.reply_until))
     AND (OLD.replied_at IS NULL
          OR (NEW.replied_at IS NOT DISTINCT FROM OLD.replied_at AND NEW.reply = OLD.reply))
     AND (OLD.waived_at IS NULL OR NEW.waived_at IS NOT DISTINCT FROM OLD.waived_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'letter_text_frozen: % is refused', TG_OP
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'letter_text_frozen';
END $$;

CREATE TRIGGER letter_text_frozen BEFORE UPDATE OR DELETE ON letters_letter
  FOR EACH ROW EXECUTE FUNCTION letter_text_frozen();
ALTER TABLE letters_letter ENABLE ALWAYS TRIGGER letter_text_frozen;

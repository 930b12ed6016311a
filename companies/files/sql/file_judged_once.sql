-- A file's row stays as written; only its verdict is filled in, once. Nothing is born judged.
CREATE FUNCTION file_judged_once() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  judged text[] := ARRAY['verdict', 'verdict_reason', 'scanned_at'];
BEGIN
  IF TG_OP = 'INSERT' AND NEW.verdict = 'PENDING' THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.verdict = 'PENDING'
     AND to_jsonb(NEW) - judged = to_jsonb(OLD) - judged THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'file_judged_once: % is refused', TG_OP
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'file_judged_once';
END $$;

CREATE TRIGGER file_judged_once BEFORE INSERT OR UPDATE OR DELETE ON files_storedfile
  FOR EACH ROW EXECUTE FUNCTION file_judged_once();
ALTER TABLE files_storedfile ENABLE ALWAYS TRIGGER file_judged_once;

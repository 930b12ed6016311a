-- A published window is a promise: it opens when it said, and may only close later. Its number of
-- receipts never goes back; a round that is over stays over.
CREATE FUNCTION published_round_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  free CONSTANT text[] := ARRAY['status', 'closes_at', 'receipts_issued'];
BEGIN
  IF OLD.status <> 'DRAFT' AND (
       to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
       OR NEW.closes_at < OLD.closes_at OR NEW.receipts_issued < OLD.receipts_issued
       OR NEW.status = 'DRAFT' OR (OLD.status <> 'PUBLISHED' AND NEW.status <> OLD.status)) THEN
    RAISE EXCEPTION 'published_round_frozen: round % is published', OLD.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'published_round_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER published_round_frozen BEFORE UPDATE ON programmes_round
  FOR EACH ROW EXECUTE FUNCTION published_round_frozen();
ALTER TABLE programmes_round ENABLE ALWAYS TRIGGER published_round_frozen;

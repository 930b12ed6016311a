-- What was published never changes: only the status of a published document may move on.
CREATE FUNCTION published_rules_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.status <> 'DRAFT' AND (
       to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status'
       OR NEW.status = 'DRAFT' OR (OLD.status = 'RETIRED' AND NEW.status <> 'RETIRED')) THEN
    RAISE EXCEPTION 'published_rules_frozen: rule version % is published', OLD.version
      USING ERRCODE = 'check_violation', CONSTRAINT = 'published_rules_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER published_rules_frozen BEFORE UPDATE ON programmes_ruleversion
  FOR EACH ROW EXECUTE FUNCTION published_rules_frozen();
ALTER TABLE programmes_ruleversion ENABLE ALWAYS TRIGGER published_rules_frozen;

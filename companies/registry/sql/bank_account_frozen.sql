-- What a person added is verified or replaced, never edited; once verified it may only retire.
CREATE FUNCTION bank_account_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  judged text[] := ARRAY['status', 'verified_by_id', 'verified_at'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - judged = to_jsonb(OLD) - judged
     AND (OLD.status = 'PENDING'
          OR (OLD.status = 'VERIFIED' AND NEW.status = 'RETIRED'
              AND NEW.verified_by_id IS NOT DISTINCT FROM OLD.verified_by_id
              AND NEW.verified_at IS NOT DISTINCT FROM OLD.verified_at)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'bank_account_frozen: % is refused', TG_OP
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bank_account_frozen';
END $$;

CREATE TRIGGER bank_account_frozen BEFORE UPDATE OR DELETE ON registry_bankaccount
  FOR EACH ROW EXECUTE FUNCTION bank_account_frozen();
ALTER TABLE registry_bankaccount ENABLE ALWAYS TRIGGER bank_account_frozen;

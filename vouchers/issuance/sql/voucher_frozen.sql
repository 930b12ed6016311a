-- From PENDING on a voucher's terms, face, parties and validity never change; nor do its shares.
CREATE FUNCTION voucher_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  free CONSTANT text[] := ARRAY['status', 'status_at', 'issued_at', 'suspended_reason',
                                'suspended_by_id'];
BEGIN
  IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
     OR (OLD.issued_at IS NOT NULL AND NEW.issued_at IS DISTINCT FROM OLD.issued_at) THEN
    RAISE EXCEPTION 'voucher_frozen: the terms of % are frozen', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_frozen';
  END IF;
  IF NEW.status = 'REVOKED' AND OLD.status <> 'REVOKED'
     AND NOT burden_may_rest('voucher:' || NEW.number, 'REVOKED', NEW.status_at) THEN
    RAISE EXCEPTION 'burden_rests_on_letter: voucher % has no served notice', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'burden_rests_on_letter';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER voucher_frozen BEFORE UPDATE ON issuance_voucher
  FOR EACH ROW EXECUTE FUNCTION voucher_frozen();
ALTER TABLE issuance_voucher ENABLE ALWAYS TRIGGER voucher_frozen;

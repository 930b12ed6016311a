-- An order keeps its parties, its price, its rate and its payee; what is proved is written only as
-- evidence is filed; a hold only ends, a debt is recognised once and undone whole.
CREATE FUNCTION redemption_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  moves CONSTANT boolean := NEW.status <> OLD.status;
BEGIN
  IF (NEW.agency_id, NEW.number, NEW.voucher_id, NEW.application_id, NEW.company_id,
      NEW.provider_id, NEW.offer_id, NEW.payee_id, NEW.order_number, NEW.price_fen, NEW.rate_bp,
      NEW.requested_fen, NEW.requested_at, NEW.is_demo)
     IS DISTINCT FROM
     (OLD.agency_id, OLD.number, OLD.voucher_id, OLD.application_id, OLD.company_id,
      OLD.provider_id, OLD.offer_id, OLD.payee_id, OLD.order_number, OLD.price_fen, OLD.rate_bp,
      OLD.requested_fen, OLD.requested_at, OLD.is_demo)
     OR NEW.split_from_id IS DISTINCT FROM OLD.split_from_id
     OR NEW.held_fen NOT IN (OLD.held_fen, 0)
     OR (NEW.accepted_fen <> OLD.accepted_fen
         AND NOT (moves AND NEW.status = 'ACCEPTED' AND OLD.accepted_fen = 0)
         AND NOT (moves AND NEW.status = 'REVERSED' AND NEW.accepted_fen = 0))
     OR (NEW.accepted_at IS DISTINCT FROM OLD.accepted_at
         AND NOT (moves AND NEW.status = 'ACCEPTED' AND OLD.accepted_at IS NULL))
     OR (NEW.settled_at IS DISTINCT FROM OLD.settled_at AND OLD.settled_at IS NOT NULL)
     OR (NOT (moves AND NEW.status = 'EVIDENCED')
         AND ((NEW.eligible_fen, NEW.use_from_date, NEW.use_until_date, NEW.invoice,
               NEW.invoice_document_id, NEW.payment_document_id, NEW.calculation,
               NEW.usage_account_id)
              IS DISTINCT FROM
              (OLD.eligible_fen, OLD.use_from_date, OLD.use_until_date, OLD.invoice,
               OLD.invoice_document_id, OLD.payment_document_id, OLD.calculation,
               OLD.usage_account_id))) THEN
    RAISE EXCEPTION 'redemption_frozen: what % was ordered and proved by stands', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'redemption_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER redemption_frozen BEFORE UPDATE ON redemptions_redemption
  FOR EACH ROW EXECUTE FUNCTION redemption_frozen();
ALTER TABLE redemptions_redemption ENABLE ALWAYS TRIGGER redemption_frozen;

CREATE FUNCTION redemption_share_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF (NEW.agency_id, NEW.redemption_id, NEW.voucher_funding_id)
     IS DISTINCT FROM (OLD.agency_id, OLD.redemption_id, OLD.voucher_funding_id)
     OR NEW.held_fen NOT IN (OLD.held_fen, 0)
     OR NOT (NEW.accepted_fen IN (OLD.accepted_fen, 0)
             OR (OLD.accepted_fen = 0 AND NEW.accepted_fen <= OLD.held_fen)) THEN
    RAISE EXCEPTION 'redemption_share_frozen: the lines of a redemption keep their shares'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'redemption_share_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER redemption_share_frozen BEFORE UPDATE ON redemptions_redemptionfunding
  FOR EACH ROW EXECUTE FUNCTION redemption_share_frozen();
ALTER TABLE redemptions_redemptionfunding ENABLE ALWAYS TRIGGER redemption_share_frozen;

CREATE FUNCTION usage_record_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
     OR to_jsonb(NEW) - 'released_at' IS DISTINCT FROM to_jsonb(OLD) - 'released_at' THEN
    RAISE EXCEPTION 'usage_record_frozen: a row of use can only be released, once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'usage_record_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER usage_record_frozen BEFORE UPDATE ON redemptions_usagerecord
  FOR EACH ROW EXECUTE FUNCTION usage_record_frozen();
ALTER TABLE redemptions_usagerecord ENABLE ALWAYS TRIGGER usage_record_frozen;

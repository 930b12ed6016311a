-- No debt and no payment without a verified invoice: unknown never passes.
CREATE FUNCTION accepted_needs_verified_invoice() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (
       SELECT 1 FROM public.applications_evidencedocument
       WHERE id = NEW.invoice_document_id AND kind = 'INVOICE' AND status = 'VERIFIED') THEN
    RAISE EXCEPTION 'accepted_needs_verified_invoice: the invoice is not verified'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'accepted_needs_verified_invoice';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER accepted_needs_verified_invoice BEFORE UPDATE OF status ON redemptions_redemption
  FOR EACH ROW WHEN (
    (NEW.status = 'ACCEPTED' AND OLD.status NOT IN ('ACCEPTED', 'IN_SETTLEMENT'))
    OR (NEW.status = 'IN_SETTLEMENT' AND OLD.status <> 'IN_SETTLEMENT'))
  EXECUTE FUNCTION accepted_needs_verified_invoice();
ALTER TABLE redemptions_redemption ENABLE ALWAYS TRIGGER accepted_needs_verified_invoice;

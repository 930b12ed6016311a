-- Money is held only on an active, funded voucher in time, at an approved and admitted provider,
-- for an offer in force: whatever the verb saw is read again as the row is born.
CREATE FUNCTION redemption_on_live_voucher() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (
       SELECT 1 FROM public.issuance_voucher v
       WHERE v.id = NEW.voucher_id AND v.status = 'ACTIVE' AND v.company_id = NEW.company_id
         AND v.application_id = NEW.application_id
         AND v.issued_at <= NEW.requested_at AND NEW.requested_at < v.grace_until)
     OR NOT EXISTS (
       SELECT 1 FROM public.providers_provider p
       JOIN public.issuance_voucher v ON v.id = NEW.voucher_id
       JOIN public.providers_admission a
         ON a.provider_id = p.id AND a.programme_id = v.programme_id
       WHERE p.id = NEW.provider_id AND p.status = 'APPROVED'
         AND a.valid_from <= NEW.requested_at
         AND NEW.requested_at < coalesce(a.valid_until, 'infinity'))
     OR NOT EXISTS (
       SELECT 1 FROM public.providers_offer o
       WHERE o.id = NEW.offer_id AND o.provider_id = NEW.provider_id
         AND o.valid_from <= NEW.requested_at
         AND NEW.requested_at < coalesce(o.valid_until, 'infinity')) THEN
    RAISE EXCEPTION 'redemption_on_live_voucher: voucher, provider or offer is not in force'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'redemption_on_live_voucher';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER redemption_on_live_voucher BEFORE INSERT ON redemptions_redemption
  FOR EACH ROW EXECUTE FUNCTION redemption_on_live_voucher();
ALTER TABLE redemptions_redemption ENABLE ALWAYS TRIGGER redemption_on_live_voucher;

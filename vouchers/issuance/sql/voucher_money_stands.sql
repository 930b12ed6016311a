-- At the end of every transaction money stands on a voucher only where its status lets it (INV-10):
-- usable on a living one, held also on one that has expired or was revoked.
CREATE FUNCTION voucher_money_stands() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  misplaced text;
BEGIN
  IF TG_TABLE_NAME = 'ledger_transfer' THEN
    SELECT v.number INTO misplaced
      FROM public.issuance_voucherfunding AS f
      JOIN public.issuance_voucher AS v ON v.id = f.voucher_id
      JOIN public.ledger_account AS a ON a.id = NEW.credit_account_id
      WHERE (f.voucher_account_id = a.id OR f.held_account_id = a.id)
        AND a.credits_fen <> a.debits_fen AND v.status NOT IN ('ACTIVE', 'SUSPENDED')
        AND NOT (f.held_account_id = a.id AND v.status IN ('EXPIRED', 'REVOKED'));
  ELSE
    SELECT v.number INTO misplaced
      FROM public.issuance_voucher AS v
      JOIN public.issuance_voucherfunding AS f ON f.voucher_id = v.id
      JOIN public.ledger_account AS a ON a.id IN (f.voucher_account_id, f.held_account_id)
      WHERE v.id = NEW.id
        AND a.credits_fen <> a.debits_fen AND v.status NOT IN ('ACTIVE', 'SUSPENDED')
        AND NOT (f.held_account_id = a.id AND v.status IN ('EXPIRED', 'REVOKED'))
      LIMIT 1;
  END IF;
  IF misplaced IS NOT NULL THEN
    RAISE EXCEPTION 'voucher_money_stands: % may hold no such money', misplaced
      USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_money_stands';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER voucher_money_stands AFTER INSERT ON ledger_transfer
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION voucher_money_stands();
ALTER TABLE ledger_transfer ENABLE ALWAYS TRIGGER voucher_money_stands;
CREATE CONSTRAINT TRIGGER voucher_status_fits_money AFTER UPDATE OF status ON issuance_voucher
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION voucher_money_stands();
ALTER TABLE issuance_voucher ENABLE ALWAYS TRIGGER voucher_status_fits_money;

-- The shares are fixed while the company has not answered; none is added to a living voucher.
CREATE FUNCTION voucher_funding_born_pending() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM public.issuance_voucher
                 WHERE id = NEW.voucher_id AND status = 'PENDING') THEN
    RAISE EXCEPTION 'voucher_funding_born_pending: the shares of this voucher are fixed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_funding_born_pending';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER voucher_funding_born_pending BEFORE INSERT ON issuance_voucherfunding
  FOR EACH ROW EXECUTE FUNCTION voucher_funding_born_pending();
ALTER TABLE issuance_voucherfunding ENABLE ALWAYS TRIGGER voucher_funding_born_pending;

-- From LOCKED on a batch's lines, totals and digest stand; only statuses and answers are added.
CREATE FUNCTION batch_frozen_after_lock() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  broken boolean;
  batch_status text;
BEGIN
  IF TG_TABLE_NAME = 'settlement_settlementbatch' THEN
    broken := (OLD.status NOT IN ('OPEN') AND NEW.status <> 'OPEN'
               AND (NEW.total_fen, NEW.sha256, NEW.cycle)
                   IS DISTINCT FROM (OLD.total_fen, OLD.sha256, OLD.cycle))
      OR (OLD.sheet_sha256 <> '' AND NEW.sheet_sha256 <> OLD.sheet_sha256)
      OR (NEW.programme_id, NEW.number, NEW.follows_id, NEW.drawn_up_by_id)
         IS DISTINCT FROM (OLD.programme_id, OLD.number, OLD.follows_id, OLD.drawn_up_by_id);
  ELSIF TG_TABLE_NAME = 'settlement_settlementline' THEN
    SELECT status INTO batch_status FROM public.settlement_settlementbatch
      WHERE id = NEW.batch_id;
    IF TG_OP = 'INSERT' THEN
      broken := batch_status <> 'OPEN' OR NOT EXISTS (
        SELECT 1 FROM public.redemptions_redemptionfunding AS share
        JOIN public.redemptions_redemption AS r ON r.id = share.redemption_id
        WHERE r.id = NEW.redemption_id AND share.voucher_funding_id = NEW.voucher_funding_id
          AND r.status IN ('ACCEPTED', 'IN_SETTLEMENT', 'SETTLED')
          AND NEW.amount_fen <= share.accepted_fen);
    ELSE
      broken := (NEW.batch_id, NEW.redemption_id, NEW.voucher_funding_id, NEW.amount_fen)
          IS DISTINCT FROM (OLD.batch_id, OLD.redemption_id, OLD.voucher_funding_id, OLD.amount_fen)
        OR (batch_status <> 'OPEN' AND NEW.instruction_id IS DISTINCT FROM OLD.instruction_id)
        OR (NEW.status <> 'VOID' AND NEW.replaces_id IS DISTINCT FROM OLD.replaces_id)
        OR (OLD.pay_entry_id IS NOT NULL AND NEW.pay_entry_id IS DISTINCT FROM OLD.pay_entry_id);
    END IF;
  ELSIF TG_TABLE_NAME = 'settlement_paymentorder' THEN
    -- The account money goes to is the version verified at locking, for good.
    broken := TG_OP = 'UPDATE' OR NOT EXISTS (
      SELECT 1 FROM public.settlement_settlementbatch AS b
      JOIN public.registry_bankaccount AS a ON a.id = NEW.bank_account_id
      WHERE b.id = NEW.batch_id AND b.status = 'OPEN' AND a.company_id = NEW.payee_id
        AND a.status = 'VERIFIED');
  ELSIF TG_OP = 'INSERT' THEN
    broken := NEW.status <> 'PENDING' OR NOT EXISTS (
      SELECT 1 FROM public.settlement_paymentorder AS o
      JOIN public.settlement_settlementbatch AS b ON b.id = o.batch_id
      WHERE o.id = NEW.order_id AND b.status = 'OPEN');
  ELSE
    -- The channel's answer is written once; the bank may still send a paid row back.
    broken := (OLD.status <> 'PENDING' AND (
        (NEW.treasury_number, NEW.paid_on, NEW.account_as_paid, NEW.receipt_sha256)
          IS DISTINCT FROM
          (OLD.treasury_number, OLD.paid_on, OLD.account_as_paid, OLD.receipt_sha256)
        OR (NEW.status <> OLD.status AND (OLD.status, NEW.status) <> ('PAID', 'RETURNED'))))
      OR (NEW.order_id, NEW.row_number, NEW.line_id, NEW.economic_code, NEW.amount_fen)
      IS DISTINCT FROM (OLD.order_id, OLD.row_number, OLD.line_id, OLD.economic_code, OLD.amount_fen);
  END IF;
  IF broken THEN
    RAISE EXCEPTION 'batch_frozen_after_lock: a locked batch does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_frozen_after_lock';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER batch_frozen_after_lock BEFORE UPDATE ON settlement_settlementbatch
  FOR EACH ROW EXECUTE FUNCTION batch_frozen_after_lock();
ALTER TABLE settlement_settlementbatch ENABLE ALWAYS TRIGGER batch_frozen_after_lock;
CREATE TRIGGER batch_lines_frozen_after_lock BEFORE INSERT OR UPDATE ON settlement_settlementline
  FOR EACH ROW EXECUTE FUNCTION batch_frozen_after_lock();
ALTER TABLE settlement_settlementline ENABLE ALWAYS TRIGGER batch_lines_frozen_after_lock;
CREATE TRIGGER orders_frozen BEFORE INSERT OR UPDATE ON settlement_paymentorder
  FOR EACH ROW EXECUTE FUNCTION batch_frozen_after_lock();
ALTER TABLE settlement_paymentorder ENABLE ALWAYS TRIGGER orders_frozen;
CREATE TRIGGER instructions_frozen BEFORE INSERT OR UPDATE ON settlement_paymentinstruction
  FOR EACH ROW EXECUTE FUNCTION batch_frozen_after_lock();
ALTER TABLE settlement_paymentinstruction ENABLE ALWAYS TRIGGER instructions_frozen;

-- The only way totals change. The two accounts are raised in id order: one lock order for all.
CREATE FUNCTION transfer_raises_totals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.debit_account_id < NEW.credit_account_id THEN
    UPDATE public.ledger_account SET debits_fen = debits_fen + NEW.amount_fen
      WHERE id = NEW.debit_account_id;
    UPDATE public.ledger_account SET credits_fen = credits_fen + NEW.amount_fen
      WHERE id = NEW.credit_account_id;
  ELSE
    UPDATE public.ledger_account SET credits_fen = credits_fen + NEW.amount_fen
      WHERE id = NEW.credit_account_id;
    UPDATE public.ledger_account SET debits_fen = debits_fen + NEW.amount_fen
      WHERE id = NEW.debit_account_id;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER transfer_raises_totals AFTER INSERT ON ledger_transfer
  FOR EACH ROW EXECUTE FUNCTION transfer_raises_totals();

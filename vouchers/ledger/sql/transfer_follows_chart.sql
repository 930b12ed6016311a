-- Only moves the chart grants the entry's kind; lines meet only pool to pool, parent and child.
CREATE FUNCTION transfer_follows_chart() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  debit public.ledger_account;
  credit public.ledger_account;
  kind_of_entry text;
  relation text;
BEGIN
  SELECT * INTO debit FROM public.ledger_account WHERE id = NEW.debit_account_id;
  SELECT * INTO credit FROM public.ledger_account WHERE id = NEW.credit_account_id;
  SELECT kind INTO kind_of_entry FROM public.ledger_journalentry WHERE id = NEW.entry_id;
  relation := CASE
    WHEN debit.line_group = credit.line_group THEN 'same'
    WHEN credit.parent_group = debit.line_group THEN 'to_child'
    WHEN debit.parent_group = credit.line_group THEN 'to_parent'
    ELSE 'none' END;
  IF NOT EXISTS (
    SELECT 1 FROM public.ledger_chartmove AS move
    WHERE move.entry_kind = kind_of_entry
      AND move.debit_kind = debit.kind AND move.credit_kind = credit.kind
      AND move.lines = relation
  ) THEN
    RAISE EXCEPTION 'transfer_follows_chart: % may not move % to % (%)',
      kind_of_entry, debit.kind, credit.kind, relation
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_follows_chart';
  END IF;
  IF relation = 'same' AND debit.agency_id <> credit.agency_id THEN
    RAISE EXCEPTION 'transfer_follows_chart: one line, two agencies'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_follows_chart';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_follows_chart BEFORE INSERT ON ledger_transfer
  FOR EACH ROW EXECUTE FUNCTION transfer_follows_chart();
ALTER TABLE ledger_transfer ENABLE ALWAYS TRIGGER transfer_follows_chart;

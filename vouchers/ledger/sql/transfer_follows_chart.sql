-- Only moves the chart grants the entry's kind; lines meet only pool to pool, parent and child.
CREATE FUNCTION transfer_follows_chart() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  debit public.ledger_account;
  credit public.ledger_account;
  entry public.ledger_journalentry;
  relation text;
BEGIN
  SELECT * INTO debit FROM public.ledger_account WHERE id = NEW.debit_account_id;
  SELECT * INTO credit FROM public.ledger_account WHERE id = NEW.credit_account_id;
  SELECT * INTO entry FROM public.ledger_journalentry WHERE id = NEW.entry_id;
  relation := CASE
    WHEN debit.line_group = credit.line_group THEN 'same'
    WHEN credit.parent_group = debit.line_group THEN 'to_child'
    WHEN debit.parent_group = credit.line_group THEN 'to_parent'
    ELSE 'none' END;
  IF NOT EXISTS (
    SELECT 1 FROM public.ledger_chartmove AS move
    WHERE move.entry_kind = entry.kind
      AND move.debit_kind = debit.kind AND move.credit_kind = credit.kind
      AND move.lines = relation
  ) THEN
    RAISE EXCEPTION 'transfer_follows_chart: % may not move % to % (%)',
      entry.kind, debit.kind, credit.kind, relation
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_follows_chart';
  END IF;
  IF relation = 'same' AND debit.agency_id <> credit.agency_id THEN
    RAISE EXCEPTION 'transfer_follows_chart: one line, two agencies'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_follows_chart';
  END IF;
  -- An entry books in its own agency's name, and in nobody's closed month.
  IF entry.agency_id NOT IN (debit.agency_id, credit.agency_id) THEN
    RAISE EXCEPTION 'transfer_in_own_agency: entry % is another agency''s', entry.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_in_own_agency';
  END IF;
  IF debit.agency_id <> credit.agency_id AND EXISTS (
    SELECT 1 FROM public.ledger_closedmonth
    WHERE agency_id IN (debit.agency_id, credit.agency_id) AND month_date >=
      date_trunc('month', entry.effective_at AT TIME ZONE 'Asia/Shanghai')::date
  ) THEN
    RAISE EXCEPTION 'entry_month_open: that month of the other agency is closed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_month_open';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_follows_chart BEFORE INSERT ON ledger_transfer
  FOR EACH ROW EXECUTE FUNCTION transfer_follows_chart();
ALTER TABLE ledger_transfer ENABLE ALWAYS TRIGGER transfer_follows_chart;

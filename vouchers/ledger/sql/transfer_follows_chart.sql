-- Only moves the chart grants the entry's kind; lines meet only pool to pool, parent and child.
CREATE FUNCTION transfer_follows_chart() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  seen record;
BEGIN
  -- One look: this runs at every transfer of the house.
  SELECT entry.number, entry.kind, entry.agency_id, entry.effective_at, line.relation,
         debit.kind AS debit_kind, debit.agency_id AS debit_agency,
         credit.kind AS credit_kind, credit.agency_id AS credit_agency,
         EXISTS (SELECT 1 FROM public.ledger_chartmove AS move
                 WHERE move.entry_kind = entry.kind AND move.debit_kind = debit.kind
                   AND move.credit_kind = credit.kind AND move.lines = line.relation) AS is_granted
    INTO seen
    FROM public.ledger_journalentry AS entry, public.ledger_account AS debit,
         public.ledger_account AS credit,
         LATERAL (SELECT CASE
           WHEN debit.line_group = credit.line_group THEN 'same'
           WHEN credit.parent_group = debit.line_group THEN 'to_child'
           WHEN debit.parent_group = credit.line_group THEN 'to_parent'
           ELSE 'none' END) AS line (relation)
    WHERE entry.id = NEW.entry_id AND debit.id = NEW.debit_account_id
      AND credit.id = NEW.credit_account_id;
  IF NOT FOUND OR NOT seen.is_granted THEN
    RAISE EXCEPTION 'transfer_follows_chart: % may not move % to % (%)',
      seen.kind, seen.debit_kind, seen.credit_kind, seen.relation
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_follows_chart';
  END IF;
  -- An entry books in its own agency's name, and in nobody's closed month.
  IF seen.agency_id NOT IN (seen.debit_agency, seen.credit_agency) THEN
    RAISE EXCEPTION 'transfer_in_own_agency: entry % is another agency''s', seen.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_in_own_agency';
  END IF;
  IF seen.debit_agency <> seen.credit_agency THEN
    IF seen.relation = 'same' THEN
      RAISE EXCEPTION 'transfer_follows_chart: one line, two agencies'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_follows_chart';
    END IF;
    IF EXISTS (
      SELECT 1 FROM public.ledger_closedmonth
      WHERE agency_id IN (seen.debit_agency, seen.credit_agency) AND month_date >=
        date_trunc('month', seen.effective_at AT TIME ZONE 'Asia/Shanghai')::date
    ) THEN
      RAISE EXCEPTION 'entry_month_open: that month of the other agency is closed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_month_open';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER transfer_follows_chart BEFORE INSERT ON ledger_transfer
  FOR EACH ROW EXECUTE FUNCTION transfer_follows_chart();
ALTER TABLE ledger_transfer ENABLE ALWAYS TRIGGER transfer_follows_chart;

-- The database stamps the entry, refuses the future and months whose books are closed.
CREATE FUNCTION entry_stamped() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  month_of_entry date := date_trunc('month', NEW.effective_at AT TIME ZONE 'Asia/Shanghai');
BEGIN
  NEW.recorded_at := clock_timestamp();
  IF NEW.effective_at > NEW.recorded_at + interval '5 seconds' THEN
    RAISE EXCEPTION 'entry_not_ahead: % lies ahead of the database clock', NEW.effective_at
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_not_ahead';
  END IF;
  IF EXISTS (SELECT 1 FROM public.ledger_closedmonth
             WHERE agency_id = NEW.agency_id AND month_date >= month_of_entry) THEN
    RAISE EXCEPTION 'entry_month_open: % is closed', to_char(month_of_entry, 'YYYY-MM')
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_month_open';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entry_stamped BEFORE INSERT ON ledger_journalentry
  FOR EACH ROW EXECUTE FUNCTION entry_stamped();
ALTER TABLE ledger_journalentry ENABLE ALWAYS TRIGGER entry_stamped;

-- The database stamps the entry, refuses the future and months whose books are closed.
CREATE FUNCTION entry_stamped() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  month_of_entry date := date_trunc('month', NEW.effective_at AT TIME ZONE 'Asia/Shanghai');
BEGIN
  -- Shared with all who book; whoever closes a month of this agency waits for them, they for it.
  PERFORM pg_advisory_xact_lock_shared('public.ledger_closedmonth'::regclass::int,
                                       NEW.agency_id::int);
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

-- A month is closed when nobody is booking in it, and only once it is over.
CREATE FUNCTION month_is_over() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock('public.ledger_closedmonth'::regclass::int, NEW.agency_id::int);
  IF NEW.closed_at > clock_timestamp() + interval '5 seconds'
     OR (NEW.closed_at AT TIME ZONE 'Asia/Shanghai')::date < NEW.month_date + interval '1 month' THEN
    RAISE EXCEPTION 'month_is_over: % is not over', to_char(NEW.month_date, 'YYYY-MM')
      USING ERRCODE = 'check_violation', CONSTRAINT = 'month_is_over';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER month_is_over BEFORE INSERT ON ledger_closedmonth
  FOR EACH ROW EXECUTE FUNCTION month_is_over();
ALTER TABLE ledger_closedmonth ENABLE ALWAYS TRIGGER month_is_over;

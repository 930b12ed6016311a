-- No account is born with money in it; a pool is its own line.
CREATE FUNCTION account_born_empty() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.debits_fen := 0;
  NEW.credits_fen := 0;
  NEW.lock_marker := false;
  IF NEW.kind = 'POOL' THEN
    NEW.line_group := NEW.id;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER account_born_empty BEFORE INSERT ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION account_born_empty();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_born_empty;

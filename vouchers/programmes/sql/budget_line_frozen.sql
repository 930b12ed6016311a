-- An approved line keeps its document, its place in the tree and its accounts: what is paid from it
-- is paid by that document. Only its status moves on.
CREATE FUNCTION budget_line_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.status <> 'DRAFT'
     AND to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status' THEN
    RAISE EXCEPTION 'budget_line_frozen: line % is approved', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_line_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER budget_line_frozen BEFORE UPDATE ON programmes_budgetline
  FOR EACH ROW EXECUTE FUNCTION budget_line_frozen();
ALTER TABLE programmes_budgetline ENABLE ALWAYS TRIGGER budget_line_frozen;

-- In one agency and at one time nobody checks himself: no other duty beside auditing, overseeing
-- or operating, no building beside releasing, no managing beside authorising.
CREATE FUNCTION duty_combination_refused() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  other text;
BEGIN
  -- Two grants to one person wait for each other, so that neither misses the other's row.
  PERFORM 1 FROM public.users_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
  SELECT held.role INTO other FROM public.users_duty AS held
    WHERE held.user_id = NEW.user_id AND held.agency_id = NEW.agency_id AND held.role <> NEW.role
      AND held.valid_from < coalesce(NEW.valid_until, 'infinity')
      AND NEW.valid_from < coalesce(held.valid_until, 'infinity')
      AND (NEW.role IN ('auditor', 'overseer', 'operator')
           OR held.role IN ('auditor', 'overseer', 'operator')
           OR (least(NEW.role, held.role), greatest(NEW.role, held.role)) IN (
             ('finance_clerk', 'finance_releaser'),
             ('finance_authoriser', 'programme_manager')))
    LIMIT 1;
  IF other IS NOT NULL THEN
    RAISE EXCEPTION 'duty_combination_refused: % beside %', NEW.role, other
      USING ERRCODE = 'check_violation', CONSTRAINT = 'duty_combination_refused';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER duty_combination_refused BEFORE INSERT ON users_duty
  FOR EACH ROW EXECUTE FUNCTION duty_combination_refused();
ALTER TABLE users_duty ENABLE ALWAYS TRIGGER duty_combination_refused;

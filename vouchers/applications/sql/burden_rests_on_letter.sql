-- What weighs on a company needs a served prior notice whose reply period is over or waived.
CREATE FUNCTION burden_may_rest(subject text, wanted text, moment timestamptz) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (
    SELECT 1 FROM public.letters_letter AS letter
    WHERE letter.subject_ref = subject AND letter.burden = wanted
      AND letter.kind = 'PRIOR_NOTICE' AND letter.status = 'SERVED'
      AND letter.served_at <= moment
      AND (letter.reply_until <= moment OR letter.waived_at <= moment));
$$;

CREATE FUNCTION application_burden_rests() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.status IS DISTINCT FROM OLD.status
     AND (NEW.status = 'INELIGIBLE' OR (NEW.status = 'REJECTED' AND EXISTS (
       SELECT 1 FROM public.applications_noticerow WHERE application_id = NEW.id)))
     AND NOT burden_may_rest('application:' || NEW.number, NEW.status, NEW.status_at) THEN
    RAISE EXCEPTION 'burden_rests_on_letter: file % has no served notice', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'burden_rests_on_letter';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER burden_rests_on_letter BEFORE UPDATE ON applications_application
  FOR EACH ROW EXECUTE FUNCTION application_burden_rests();
ALTER TABLE applications_application ENABLE ALWAYS TRIGGER burden_rests_on_letter;

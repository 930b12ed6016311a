-- A file handed in keeps what it is judged by; a new version may change form and verdict while
-- the file is on its way back in (RETURNED to SUBMITTED), and never afterwards.
CREATE FUNCTION application_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.agency_id <> OLD.agency_id OR NEW.number <> OLD.number
     OR NEW.programme_id <> OLD.programme_id OR NEW.round_id <> OLD.round_id
     OR NEW.company_id <> OLD.company_id OR NEW.drafted_by_id <> OLD.drafted_by_id
     OR NEW.is_demo <> OLD.is_demo THEN
    RAISE EXCEPTION 'application_frozen: file % keeps its parties and its round', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_frozen';
  END IF;
  IF OLD.submitted_at IS NOT NULL AND (
       NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
       OR NEW.rule_version_id IS DISTINCT FROM OLD.rule_version_id
       OR NEW.seat_map_id IS DISTINCT FROM OLD.seat_map_id
       OR NEW.receipt_number IS DISTINCT FROM OLD.receipt_number
       OR (OLD.accepted_at IS NOT NULL AND OLD.status NOT IN ('IN_SCREENING', 'RETURNED')
           AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at)
       OR (OLD.status <> 'RETURNED' AND (
             NEW.form IS DISTINCT FROM OLD.form OR NEW.assessment IS DISTINCT FROM OLD.assessment
             OR NEW.version <> OLD.version OR NEW.requested_fen <> OLD.requested_fen
             OR NEW.object_key <> OLD.object_key))) THEN
    RAISE EXCEPTION 'application_frozen: file % is handed in', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_frozen';
  END IF;
  IF NEW.approved_fen <> OLD.approved_fen AND NOT (
       OLD.status = 'RECOMMENDED' AND NEW.status IN ('IN_PUBLIC_NOTICE', 'APPROVED')) THEN
    RAISE EXCEPTION 'application_frozen: the award of file % stands', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER application_frozen BEFORE UPDATE ON applications_application
  FOR EACH ROW EXECUTE FUNCTION application_frozen();
ALTER TABLE applications_application ENABLE ALWAYS TRIGGER application_frozen;

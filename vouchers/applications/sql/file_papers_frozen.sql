-- A paper is put on a file while the company has it in hand, and may later only be marked as
-- replaced; an objection keeps its words, and is answered once.
CREATE FUNCTION attachment_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF (TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT 1 FROM public.applications_application
        WHERE id = NEW.application_id AND status IN ('DRAFT', 'RETURNED')))
     OR (TG_OP = 'UPDATE' AND (
        OLD.replaced_at IS NOT NULL
        OR to_jsonb(NEW) - 'replaced_at' IS DISTINCT FROM to_jsonb(OLD) - 'replaced_at')) THEN
    RAISE EXCEPTION 'attachment_frozen: % is refused', TG_OP
      USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER attachment_frozen BEFORE INSERT OR UPDATE ON applications_attachment
  FOR EACH ROW EXECUTE FUNCTION attachment_frozen();
ALTER TABLE applications_attachment ENABLE ALWAYS TRIGGER attachment_frozen;

CREATE FUNCTION objection_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  answers CONSTANT text[] := ARRAY['status', 'answer', 'answered_by_id', 'answered_at'];
BEGIN
  IF OLD.status <> 'OPEN' OR to_jsonb(NEW) - answers IS DISTINCT FROM to_jsonb(OLD) - answers THEN
    RAISE EXCEPTION 'objection_frozen: an objection keeps its words and its answer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'objection_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER objection_frozen BEFORE UPDATE ON applications_objection
  FOR EACH ROW EXECUTE FUNCTION objection_frozen();
ALTER TABLE applications_objection ENABLE ALWAYS TRIGGER objection_frozen;

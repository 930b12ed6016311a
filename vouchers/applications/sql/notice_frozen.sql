-- A posted notice keeps its rows, text and period; only its end, and a row taken out, are added.
CREATE FUNCTION notice_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.status <> 'POSTED' OR to_jsonb(NEW) - ARRAY['status', 'ended_at']
       IS DISTINCT FROM to_jsonb(OLD) - ARRAY['status', 'ended_at'] THEN
    RAISE EXCEPTION 'notice_frozen: notice % is posted', OLD.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'notice_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER notice_frozen BEFORE UPDATE ON applications_publicnotice
  FOR EACH ROW EXECUTE FUNCTION notice_frozen();
ALTER TABLE applications_publicnotice ENABLE ALWAYS TRIGGER notice_frozen;

CREATE FUNCTION notice_row_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.taken_out_at IS NOT NULL OR (
         SELECT count(*) FROM public.applications_noticerow WHERE notice_id = NEW.notice_id
       ) >= (SELECT row_count FROM public.applications_publicnotice WHERE id = NEW.notice_id) THEN
      RAISE EXCEPTION 'notice_row_frozen: a posted notice gets no further row'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'notice_row_frozen';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.taken_out_at IS NOT NULL
     OR to_jsonb(NEW) - 'taken_out_at' IS DISTINCT FROM to_jsonb(OLD) - 'taken_out_at' THEN
    RAISE EXCEPTION 'notice_row_frozen: a published row can only be taken out, once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'notice_row_frozen';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER notice_row_frozen BEFORE INSERT OR UPDATE ON applications_noticerow
  FOR EACH ROW EXECUTE FUNCTION notice_row_frozen();
ALTER TABLE applications_noticerow ENABLE ALWAYS TRIGGER notice_row_frozen;

-- Whoever decided held that duty, there and then, and the duty's role may do that act.
CREATE FUNCTION decision_by_duty() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  duty public.users_duty;
  seat_of_act text;
  allowed text[];
BEGIN
  SELECT * INTO duty FROM public.users_duty WHERE id = NEW.duty_id;
  SELECT seats->>NEW.act INTO seat_of_act FROM public.programmes_seatmap AS map
    JOIN public.applications_application AS file ON file.seat_map_id = map.id
    WHERE file.id = NEW.application_id;
  allowed := CASE NEW.act
    WHEN 'SCREEN' THEN ARRAY['intake']
    WHEN 'REVIEW' THEN ARRAY['reviewer']
    WHEN 'APPROVE' THEN ARRAY['approver']
    WHEN 'OBJECTION' THEN ARRAY['approver']
    WHEN 'ACCEPT' THEN ARRAY['reviewer', 'intake']
    WHEN 'CONFIRM' THEN ARRAY['reviewer']
    WHEN 'BUILD' THEN ARRAY['finance_clerk']
    WHEN 'BATCH_APPROVE' THEN ARRAY['approver', 'reviewer']
    WHEN 'AUTHORISE' THEN ARRAY['finance_authoriser', 'approver']
    WHEN 'RELEASE' THEN ARRAY['finance_releaser'] END;
  IF duty.user_id <> NEW.user_id OR duty.agency_id <> NEW.agency_id
     OR NEW.at < duty.valid_from OR NEW.at >= coalesce(duty.valid_until, 'infinity')
     OR duty.role <> ALL (allowed) THEN
    RAISE EXCEPTION 'decision_by_duty: no such duty at that moment for %', NEW.act
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_by_duty';
  END IF;
  IF seat_of_act IS DISTINCT FROM NEW.seat THEN
    RAISE EXCEPTION 'decision_by_duty: % belongs to seat %', NEW.act, seat_of_act
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_by_duty';
  END IF;
  IF NEW.at > clock_timestamp() + interval '5 seconds'
     OR NEW.decided_on > (NEW.at AT TIME ZONE 'Asia/Shanghai')::date
     OR EXISTS (SELECT 1 FROM public.applications_decision
                WHERE application_id = NEW.application_id AND at > NEW.at) THEN
    RAISE EXCEPTION 'decision_in_order: time steps back or lies ahead'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_in_order';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER decision_by_duty BEFORE INSERT ON applications_decision
  FOR EACH ROW EXECUTE FUNCTION decision_by_duty();
ALTER TABLE applications_decision ENABLE ALWAYS TRIGGER decision_by_duty;

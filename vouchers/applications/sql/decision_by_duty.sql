-- Whoever sat down or decided held a duty for it, there and then, and had no interest in the file.
CREATE FUNCTION roles_of_act(act text) RETURNS text[] LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, public AS $$
  SELECT CASE act
    WHEN 'SCREEN' THEN ARRAY['intake']
    WHEN 'REVIEW' THEN ARRAY['reviewer']
    WHEN 'APPROVE' THEN ARRAY['approver']
    WHEN 'OBJECTION' THEN ARRAY['approver']
    WHEN 'ACCEPT' THEN ARRAY['reviewer', 'intake']
    WHEN 'CONFIRM' THEN ARRAY['reviewer']
    WHEN 'BUILD' THEN ARRAY['finance_clerk']
    WHEN 'BATCH_APPROVE' THEN ARRAY['approver', 'reviewer']
    WHEN 'AUTHORISE' THEN ARRAY['finance_authoriser', 'approver']
    WHEN 'RELEASE' THEN ARRAY['finance_releaser']
    WHEN 'COSIGN' THEN ARRAY['programme_manager']
    ELSE ARRAY[]::text[] END;
$$;

-- The people of the applicant, of the provider it named, and of companies related to either.
CREATE FUNCTION has_interest(person bigint, file public.applications_application) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  WITH party (company_id) AS (
    SELECT file.company_id
    UNION SELECT p.company_id FROM public.providers_provider AS p
      WHERE p.agency_id = file.agency_id AND p.number = file.form->>'provider_number'),
  near (company_id) AS (
    SELECT company_id FROM party
    UNION SELECT pair.high_id FROM public.registry_relatedpair AS pair
      JOIN party ON party.company_id = pair.low_id
    UNION SELECT pair.low_id FROM public.registry_relatedpair AS pair
      JOIN party ON party.company_id = pair.high_id)
  SELECT EXISTS (SELECT 1 FROM public.registry_membership AS m
                 JOIN near USING (company_id) WHERE m.user_id = person);
$$;

-- A duty for one programme lets nobody act on another's files.
CREATE FUNCTION duty_covers(duty public.users_duty, file public.applications_application,
                            moment timestamptz) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT duty.agency_id = file.agency_id
    AND duty.valid_from <= moment AND moment < coalesce(duty.valid_until, 'infinity')
    AND (duty.programme_ref = '' OR duty.programme_ref = (
      SELECT 'programme:' || code FROM public.programmes_programme WHERE id = file.programme_id));
$$;

CREATE FUNCTION decision_by_duty() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  duty public.users_duty;
  file public.applications_application;
  seat_of_act text;
BEGIN
  SELECT * INTO duty FROM public.users_duty WHERE id = NEW.duty_id;
  SELECT * INTO file FROM public.applications_application WHERE id = NEW.application_id;
  SELECT seats->>NEW.act INTO seat_of_act FROM public.programmes_seatmap
    WHERE id = file.seat_map_id;
  IF duty.user_id <> NEW.user_id OR NOT duty_covers(duty, file, NEW.at)
     OR duty.role <> ALL (roles_of_act(NEW.act)) THEN
    RAISE EXCEPTION 'decision_by_duty: no such duty at that moment for %', NEW.act
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_by_duty';
  END IF;
  IF NEW.act = 'COSIGN' THEN
    IF has_interest(NEW.user_id, file) OR EXISTS (
         SELECT 1 FROM public.applications_decision
         WHERE application_id = NEW.application_id AND subject_ref = NEW.subject_ref
           AND cycle = NEW.cycle AND user_id = NEW.user_id) THEN
      RAISE EXCEPTION 'cosigned_by_another: no interest, and nobody twice'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'cosigned_by_another';
    END IF;
  ELSIF seat_of_act IS DISTINCT FROM NEW.seat THEN
    RAISE EXCEPTION 'decision_by_duty: % belongs to seat %', NEW.act, seat_of_act
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_by_duty';
  END IF;
  IF NEW.at > clock_timestamp() + interval '5 seconds'
     OR NEW.decided_on > (NEW.at AT TIME ZONE 'Asia/Shanghai')::date
     OR NEW.decided_on < (file.submitted_at AT TIME ZONE 'Asia/Shanghai')::date
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

CREATE FUNCTION seat_by_duty() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  file public.applications_application;
BEGIN
  SELECT * INTO file FROM public.applications_application WHERE id = NEW.application_id;
  IF has_interest(NEW.user_id, file) THEN
    RAISE EXCEPTION 'seat_without_interest: the parties'' people sit on no file of theirs'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_without_interest';
  END IF;
  IF NEW.taken_at > clock_timestamp() + interval '5 seconds' OR NOT EXISTS (
    SELECT 1 FROM public.programmes_seatmap AS map, jsonb_each_text(map.seats) AS place (act, seat),
      public.users_duty AS duty
    WHERE map.id = file.seat_map_id AND place.seat = NEW.seat AND duty.user_id = NEW.user_id
      AND duty.role = ANY (roles_of_act(place.act)) AND duty_covers(duty, file, NEW.taken_at)) THEN
    RAISE EXCEPTION 'seat_by_duty: no duty of this person leads to seat %', NEW.seat
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_by_duty';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seat_by_duty BEFORE INSERT ON applications_fileseat
  FOR EACH ROW EXECUTE FUNCTION seat_by_duty();
ALTER TABLE applications_fileseat ENABLE ALWAYS TRIGGER seat_by_duty;

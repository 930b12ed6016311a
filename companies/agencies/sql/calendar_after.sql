-- The loaded days of the calendar after one day: {"2025-03-04": true, …}.
CREATE FUNCTION calendar_after(start date) RETURNS jsonb LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_object_agg(d.day, d.is_workday), '{}')
          FROM public.agencies_calendarday AS d WHERE d.day > start);
END $$;

-- The duty that lets a person act here: one for this programme before one for all.
CREATE FUNCTION duty_found(
  person bigint, roles text[], agency bigint, programme text, moment timestamptz
) RETURNS bigint LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN (
    SELECT d.id FROM public.users_duty AS d JOIN public.users_user AS u ON u.id = d.user_id
    WHERE d.user_id = person AND u.is_active AND d.agency_id = agency AND d.role = ANY (roles)
      AND d.programme_ref IN ('', programme)
      AND d.valid_from <= moment AND moment < coalesce(d.valid_until, 'infinity')
    ORDER BY d.programme_ref DESC, d.id LIMIT 1);
END $$;

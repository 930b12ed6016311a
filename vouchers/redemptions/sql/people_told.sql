-- Both sides' people who are told what becomes of a redemption.
CREATE FUNCTION people_told(
  company bigint, company_roles text[], provider_company bigint, provider_roles text[],
  moment timestamptz
) RETURNS bigint[] LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN (
    SELECT array_agg(DISTINCT m.user_id) FROM public.registry_membership AS m
    WHERE m.company_id IN (company, provider_company)
      AND (m.company_id = company AND m.role = ANY (company_roles)
           OR m.company_id = provider_company AND m.role = ANY (provider_roles))
      AND m.valid_from <= moment AND moment < coalesce(m.valid_until, 'infinity'));
END $$;

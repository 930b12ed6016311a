-- The next number of a noun: six digits or more; the year is Shanghai's.
CREATE FUNCTION public_number(prefix text, numbered_at timestamptz) RETURNS text LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  digits text := nextval('public.number_' || lower(prefix) || '_seq')::text;
BEGIN
  RETURN prefix || to_char(numbered_at AT TIME ZONE 'Asia/Shanghai', '-YYYY-')
    || lpad(digits, greatest(6, length(digits)), '0');
END $$;

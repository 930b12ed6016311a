-- A membership, like a duty, stays as written and may only end (`right_frozen` is users').
CREATE TRIGGER membership_frozen BEFORE UPDATE OR DELETE ON registry_membership
  FOR EACH ROW EXECUTE FUNCTION right_frozen();
ALTER TABLE registry_membership ENABLE ALWAYS TRIGGER membership_frozen;

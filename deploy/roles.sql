-- Once per PostgreSQL server (15 or newer), as superuser, before the first migration:
--   psql -v owner_password=… -v app_password=… -v reader_password=… -v backup_password=… \
--        -f deploy/roles.sql
-- Then: DATABASE_OWNER_URL=… manage.py migrate --database=owner, which also grants.

-- Owns the schema; only migrations sign in as it.
CREATE ROLE sq_owner LOGIN PASSWORD :'owner_password';
-- Web and workers: may add to the ledger and the record, never change them.
CREATE ROLE sq_app LOGIN PASSWORD :'app_password';
-- Reads business tables for reports; sees no secrets of sign-in.
CREATE ROLE sq_reader LOGIN PASSWORD :'reader_password';
-- Reads everything for pg_dump.
CREATE ROLE sq_backup LOGIN PASSWORD :'backup_password';

CREATE DATABASE suanquan OWNER sq_owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE suanquan FROM PUBLIC;
GRANT CONNECT ON DATABASE suanquan TO sq_app, sq_reader, sq_backup;

\connect suanquan
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO sq_owner;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

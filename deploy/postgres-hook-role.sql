-- The hook's role in the store's PostgreSQL: it may add received items, and nothing else. It can read no table.
--
-- Run once in the desk's database, as the owner of its tables, after the worker has made them:
--   psql --set ON_ERROR_STOP=1 --file deploy/postgres-hook-role.sql DATABASE
-- then give the role a password (\password privacy_desk_hook) and the hook its URL:
--   TRIAGE_HOOK_DATABASE_URL=postgresql+asyncpg://privacy_desk_hook:…@host/DATABASE
-- Running it again does no harm. docs/hook.md says what each grant is for.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'privacy_desk_hook') THEN
    CREATE ROLE privacy_desk_hook LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION CONNECTION LIMIT 40;
  END IF;
END
$$;

-- What an earlier version of this file, or a person, may have granted.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM privacy_desk_hook;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM privacy_desk_hook;
-- PostgreSQL 14 and earlier let everybody make tables there.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO privacy_desk_hook;

GRANT INSERT ON item, form_challenge TO privacy_desk_hook;
GRANT USAGE ON SEQUENCE item_id_seq, form_reference TO privacy_desk_hook;

-- The hook's role in the store's PostgreSQL: it may add received items, and nothing else. It can read nothing
-- but which storage key the store has.
--
-- Run once in the desk's database, as the owner of its tables (who may also make roles), after the worker has made them:
--   psql --set ON_ERROR_STOP=1 --file deploy/postgres-hook-role.sql DATABASE
-- then give the role a password (\password privacy_desk_hook) and the hook its URL:
--   TRIAGE_HOOK_DATABASE_URL=postgresql+asyncpg://privacy_desk_hook:…@host/DATABASE
-- Run it again after an update; that does no harm. docs/hook.md says what each grant is for.

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

-- By column: a row's number in particular is the sequence's to give. With numbers taken in advance the mails to come
-- could not be stored.
GRANT INSERT (key, channel, raw, sha256, size_bytes, received_at, backlog, state, attempts, code, is_event) ON item
  TO privacy_desk_hook;
GRANT INSERT (challenge, spent_at) ON form_challenge TO privacy_desk_hook;
-- Which storage key the store is encrypted with, as a keyed hash: so that a hook with another one stores nothing.
GRANT SELECT (fingerprint) ON storage_key TO privacy_desk_hook;
GRANT USAGE ON SEQUENCE item_id_seq, form_reference TO privacy_desk_hook;

-- Only what a hook receives: nobody who takes it over can forge a mail, a burst of chat that the worker would answer
-- unseen, or take up the key of a mail still to come; nor a moment no worker can read, nor one that goes before all
-- mail. For every other role nothing changes.
ALTER TABLE item ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS everybody ON item;
CREATE POLICY everybody ON item USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS hook_adds_what_it_receives ON item;
CREATE POLICY hook_adds_what_it_receives ON item AS RESTRICTIVE FOR INSERT TO privacy_desk_hook WITH CHECK (
  ((channel = 'chat' AND is_event AND key LIKE 'hubspot:%') OR (channel = 'form' AND NOT is_event AND key LIKE 'form:%'))
  AND state = 'received' AND attempts = 0 AND code = '' AND NOT backlog
  AND received_at BETWEEN now() - interval '1 day' AND now() + interval '1 day'
  AND octet_length(raw) <= 1048576 AND size_bytes = octet_length(raw)
  AND sha256 = encode(sha256(raw), 'hex')
);

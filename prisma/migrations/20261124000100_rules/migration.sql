-- What Prisma's schema language cannot say: roles, row-level security, partial indexes, checks.
-- The owner runs this and never serves. Login roles become members of the two group roles (prisma/migrate.mjs):
--   sluice_app     sees and writes the rows of the teams named by `sluice.teams` inside its transaction
--   sluice_system  taken on purpose (SET LOCAL ROLE) by sign-in, scheduler and delivery; bypasses nothing, its policies say so

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_app') THEN
    CREATE ROLE sluice_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_system') THEN
    CREATE ROLE sluice_system NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
EXCEPTION
  -- Two databases of one cluster migrated at once.
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

GRANT USAGE ON SCHEMA public TO sluice_app, sluice_system;

-- No scope, no rows.
CREATE FUNCTION sluice_scope() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('sluice.teams', true), ''), '{}')::uuid[];

GRANT EXECUTE ON FUNCTION sluice_scope() TO sluice_app, sluice_system;

-- Tables with a team of their own.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'membership', 'invitation', 'feed', 'feed_run', 'run_rejection', 'body', 'body_chunk', 'attribution',
    'team_indicator', 'tombstone', 'connector', 'credential', 'plan', 'plan_item', 'push', 'push_item', 'receipt'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY team_scope ON %I TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
         WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]))', name);
    EXECUTE format('CREATE POLICY system_scope ON %I TO sluice_system USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sluice_app, sluice_system', name);
  END LOOP;
END
$$;

-- A claim is read by its team and written by the delivery service, which weighs all teams' claims on a record.
ALTER TABLE claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON claim FOR SELECT TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON claim TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT ON claim TO sluice_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON claim TO sluice_system;

ALTER TABLE team ENABLE ROW LEVEL SECURITY;
ALTER TABLE team FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON team TO sluice_app USING (id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON team TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON team TO sluice_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON team TO sluice_system;

-- People are seen by those who share a team with them; the password's hash by the system role alone.
ALTER TABLE app_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_user FORCE ROW LEVEL SECURITY;
CREATE POLICY shared_team ON app_user FOR SELECT TO sluice_app USING (
  EXISTS (SELECT FROM membership m WHERE m.user_id = app_user.id AND m.team_id = ANY ((SELECT sluice_scope())::uuid[]))
);
CREATE POLICY system_scope ON app_user TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT (id, email, name, is_administrator, created_at, last_sign_in_at, disabled_at) ON app_user TO sluice_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON app_user TO sluice_system;

-- A destination belongs to no team; a team sees those it has a connector to.
ALTER TABLE destination ENABLE ROW LEVEL SECURITY;
ALTER TABLE destination FORCE ROW LEVEL SECURITY;
CREATE POLICY own_connector ON destination FOR SELECT TO sluice_app USING (
  EXISTS (SELECT FROM connector c WHERE c.destination_id = destination.id AND c.team_id = ANY ((SELECT sluice_scope())::uuid[]))
);
CREATE POLICY system_scope ON destination TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT ON destination TO sluice_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON destination TO sluice_system;

-- Append-only: nobody who serves may change or remove an entry or a seal.
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY team_read ON audit_entry FOR SELECT TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY team_write ON audit_entry FOR INSERT TO sluice_app WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON audit_entry TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON audit_entry TO sluice_app, sluice_system;
GRANT SELECT, INSERT ON audit_seal TO sluice_system;

-- Values carry no team: every read of one joins an attribution or a team_indicator that the reader may see.
GRANT SELECT, INSERT ON indicator TO sluice_app;
GRANT SELECT, INSERT, DELETE ON indicator TO sluice_system;

GRANT INSERT ON outbox TO sluice_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO sluice_system;
GRANT SELECT ON setting TO sluice_app;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON session, api_token, idempotency_key, rate_limit, remote_record, bucket, setting TO sluice_system;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO sluice_app, sluice_system;

-- One value of a feed is vouched for once at a time.
CREATE UNIQUE INDEX attribution_live ON attribution (feed_id, indicator_id) WHERE until_generation IS NULL;
-- Long URLs do not fit a B-tree key; the prefix serves sorting and "starts with".
CREATE INDEX indicator_value_prefix ON indicator (left(value, 200));
CREATE INDEX team_indicator_newest ON team_indicator (team_id, added_at DESC, indicator_id DESC) WHERE active;
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX push_item_open ON push_item (push_id) WHERE state IN ('pending', 'sending');

-- A feed never overlaps with itself; a connector has one push under way.
CREATE UNIQUE INDEX feed_run_one_running ON feed_run (feed_id) WHERE state = 'running';
CREATE UNIQUE INDEX push_one_open ON push (connector_id) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX tombstone_standing ON tombstone (team_id, indicator_id) WHERE lifted_at IS NULL;
CREATE UNIQUE INDEX feed_name ON feed (team_id, lower(name)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX feed_one_local ON feed (team_id) WHERE kind = 'local' AND deleted_at IS NULL;
CREATE UNIQUE INDEX connector_name ON connector (team_id, lower(name)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX credential_one_active ON credential (connector_id) WHERE state = 'active';

ALTER TABLE feed
  ADD CHECK (confidence BETWEEN 0 AND 100),
  ADD CHECK (tlp BETWEEN 1 AND 5),
  ADD CHECK (shrink_limit_percent BETWEEN 0 AND 100);
ALTER TABLE indicator ADD CHECK (type BETWEEN 1 AND 12);
ALTER TABLE attribution
  ADD CHECK (confidence BETWEEN 0 AND 100),
  ADD CHECK (tlp BETWEEN 1 AND 5),
  ADD CHECK (until_generation IS NULL OR until_generation > from_generation),
  ADD FOREIGN KEY (indicator_id) REFERENCES indicator (id);
-- Every candidate value ends in exactly one counted outcome.
ALTER TABLE feed_run ADD CONSTRAINT feed_run_counts_add_up CHECK (
  "values" = added + changed + unchanged + duplicate + excluded + allowlisted + rejected
);

-- A team's rows by their tags: lib/db/queries/find-tagged.ts. The team stands in it as well, so that what other teams tag in the
-- same way costs nothing. The extension is trusted: whoever may create in the database may make it.
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX team_indicator_tag ON team_indicator USING gin (team_id, tags) WITH (gin_pending_list_limit = 32768);

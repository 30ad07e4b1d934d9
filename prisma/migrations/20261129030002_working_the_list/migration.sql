-- CreateTable
CREATE TABLE "bulk_change" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "change" JSONB NOT NULL,
    "selection" JSONB NOT NULL,
    "expected" INTEGER,
    "undo_of" UUID,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "total" INTEGER,
    "done" INTEGER NOT NULL DEFAULT 0,
    "counts" JSONB NOT NULL DEFAULT '{}',
    "last_id" BIGINT NOT NULL DEFAULT 0,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "touched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bulk_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bulk_change_item" (
    "change_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "outcome" TEXT,
    "before_id" BIGINT,
    "after_id" BIGINT,
    "newest_id" BIGINT,
    "tombstone_id" UUID,
    "added_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_change_item_pkey" PRIMARY KEY ("change_id","indicator_id")
);

-- CreateTable
CREATE TABLE "saved_view" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "columns" TEXT[],
    "density" TEXT NOT NULL DEFAULT 'comfortable',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "list_preference" (
    "team_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "columns" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "density" TEXT NOT NULL DEFAULT 'comfortable',
    "view_id" UUID,

    CONSTRAINT "list_preference_pkey" PRIMARY KEY ("team_id","owner_id")
);

-- CreateIndex
CREATE INDEX "bulk_change_team_id_created_at_idx" ON "bulk_change"("team_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "bulk_change_item_indicator_id_idx" ON "bulk_change_item"("indicator_id");

-- CreateIndex
CREATE INDEX "saved_view_team_id_idx" ON "saved_view"("team_id");

ALTER TABLE bulk_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_change FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON bulk_change TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON bulk_change TO sluice_system USING (true) WITH CHECK (true);
ALTER TABLE bulk_change_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_change_item FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON bulk_change_item TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON bulk_change_item TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON bulk_change, bulk_change_item TO sluice_app, sluice_system;
-- A change is undone once.
CREATE UNIQUE INDEX bulk_change_undone ON bulk_change (undo_of) WHERE undo_of IS NOT NULL;
CREATE INDEX bulk_change_open ON bulk_change (touched_at) WHERE state IN ('queued', 'running');

-- The person who asks, where it is a person and a row is for one person alone; null where nobody was named.
CREATE FUNCTION sluice_user() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('sluice.user', true), '')::uuid;
GRANT EXECUTE ON FUNCTION sluice_user() TO sluice_app, sluice_system;

ALTER TABLE saved_view ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_view FORCE ROW LEVEL SECURITY;
CREATE POLICY team_and_owner ON saved_view TO sluice_app
  USING (team_id = ANY ((SELECT sluice_scope())::uuid[]) AND (shared OR owner_id = (SELECT sluice_user())))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]) AND (shared OR owner_id = (SELECT sluice_user())));
CREATE POLICY system_scope ON saved_view TO sluice_system USING (true) WITH CHECK (true);
ALTER TABLE list_preference ENABLE ROW LEVEL SECURITY;
ALTER TABLE list_preference FORCE ROW LEVEL SECURITY;
CREATE POLICY team_and_owner ON list_preference TO sluice_app
  USING (team_id = ANY ((SELECT sluice_scope())::uuid[]) AND owner_id = (SELECT sluice_user()))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]) AND owner_id = (SELECT sluice_user()));
CREATE POLICY system_scope ON list_preference TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_view, list_preference TO sluice_app, sluice_system;
-- One name for one thing: in the team, and for each person.
CREATE UNIQUE INDEX saved_view_name_shared ON saved_view (team_id, lower(name)) WHERE shared;
CREATE UNIQUE INDEX saved_view_name_own ON saved_view (team_id, owner_id, lower(name)) WHERE NOT shared;

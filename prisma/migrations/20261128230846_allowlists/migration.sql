-- AlterTable
ALTER TABLE "team" ADD COLUMN     "screened_at" TIMESTAMPTZ(3),
ADD COLUMN     "screened_version" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "screening_version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "allowlist" (
    "id" UUID NOT NULL,
    "team_id" UUID,
    "name" TEXT NOT NULL,
    "match" TEXT NOT NULL,
    "effect" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "allowlist_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allowlist_entry" (
    "id" UUID NOT NULL,
    "allowlist_id" UUID NOT NULL,
    "team_id" UUID,
    "value" TEXT NOT NULL,
    "comment" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3),
    "lapsed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "allowlist_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bundled_choice" (
    "team_id" UUID NOT NULL,
    "list" TEXT NOT NULL,
    "effect" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_by" UUID NOT NULL,
    "decided_by_name" TEXT NOT NULL,

    CONSTRAINT "bundled_choice_pkey" PRIMARY KEY ("team_id","list")
);

-- CreateTable
CREATE TABLE "screening_hit" (
    "team_id" UUID NOT NULL,
    "list" TEXT NOT NULL,
    "hits" INTEGER NOT NULL,

    CONSTRAINT "screening_hit_pkey" PRIMARY KEY ("team_id","list")
);

-- CreateIndex
CREATE INDEX "allowlist_team_id_idx" ON "allowlist"("team_id");

-- CreateIndex
CREATE INDEX "allowlist_entry_allowlist_id_created_at_id_idx" ON "allowlist_entry"("allowlist_id", "created_at" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "allowlist_entry_allowlist_id_value_key" ON "allowlist_entry"("allowlist_id", "value");

-- AddForeignKey
ALTER TABLE "allowlist_entry" ADD CONSTRAINT "allowlist_entry_allowlist_id_fkey" FOREIGN KEY ("allowlist_id") REFERENCES "allowlist"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Every team is bound by the installation's lists and may read them; administrators write them.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['allowlist', 'allowlist_entry'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY installation_read ON %I FOR SELECT TO sluice_app USING (team_id IS NULL)', name);
    EXECUTE format(
      'CREATE POLICY team_scope ON %I TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
         WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]))', name);
    EXECUTE format('CREATE POLICY system_scope ON %I TO sluice_system USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sluice_app, sluice_system', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['bundled_choice', 'screening_hit'] LOOP
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

-- The installation counts as a team of its own here.
CREATE UNIQUE INDEX allowlist_name ON allowlist (team_id, lower(name)) NULLS NOT DISTINCT WHERE deleted_at IS NULL;
CREATE INDEX allowlist_entry_until ON allowlist_entry (until) WHERE until IS NOT NULL AND NOT lapsed;
ALTER TABLE allowlist
  ADD CHECK (match IN ('string', 'substring', 'hostname', 'cidr', 'regex')),
  ADD CHECK (effect IN ('stop', 'audit-only', 'warn'));
ALTER TABLE bundled_choice ADD CHECK (effect IN ('stop', 'audit-only', 'warn', 'off'));

-- AlterTable
ALTER TABLE "push" ADD COLUMN     "urgent" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "recall" (
    "id" UUID NOT NULL,
    "team_id" UUID,
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "carried_out_at" TIMESTAMPTZ(3),
    "lapsed" BOOLEAN NOT NULL DEFAULT false,
    "lifted_at" TIMESTAMPTZ(3),
    "lifted_by_name" TEXT,

    CONSTRAINT "recall_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recall_item" (
    "recall_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,

    CONSTRAINT "recall_item_pkey" PRIMARY KEY ("recall_id","team_id","indicator_id")
);

-- CreateIndex
CREATE INDEX "recall_team_id_created_at_idx" ON "recall"("team_id", "created_at" DESC);

-- Every team is bound by a recall of all teams and may read it; administrators write it.
ALTER TABLE recall ENABLE ROW LEVEL SECURITY;
ALTER TABLE recall FORCE ROW LEVEL SECURITY;
CREATE POLICY installation_read ON recall FOR SELECT TO sluice_app USING (team_id IS NULL);
CREATE POLICY team_scope ON recall TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON recall TO sluice_system USING (true) WITH CHECK (true);
ALTER TABLE recall_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE recall_item FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON recall_item TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON recall_item TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON recall, recall_item TO sluice_app, sluice_system;
ALTER TABLE recall ADD CHECK (kind IN ('value', 'domain', 'cidr'));
CREATE INDEX recall_until ON recall (until) WHERE until IS NOT NULL AND NOT lapsed AND lifted_at IS NULL;
CREATE INDEX recall_waiting ON recall (created_at) WHERE carried_out_at IS NULL AND lifted_at IS NULL;

-- A connector has one ordinary push under way; what a recall removes does not wait for its end.
DROP INDEX push_one_open;
CREATE UNIQUE INDEX push_one_open ON push (connector_id) WHERE state IN ('queued', 'running') AND NOT urgent;
CREATE INDEX push_urgent ON push (connector_id) WHERE urgent AND state IN ('queued', 'running');

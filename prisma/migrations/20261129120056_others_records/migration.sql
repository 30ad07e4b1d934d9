-- What others made at a tenant, so that it is neither overwritten nor deleted.

-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "looked_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "remote_record" ADD COLUMN     "maker_seen_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "unread_because" TEXT;

-- CreateTable
CREATE TABLE "foreign_record" (
    "destination_id" UUID NOT NULL,
    "remote_id" TEXT NOT NULL,
    "key" UUID NOT NULL,
    "type" SMALLINT NOT NULL,
    "value" TEXT NOT NULL,
    "scope" TEXT NOT NULL DEFAULT '',
    "action" TEXT,
    "maker" TEXT,
    "maker_name" TEXT,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "foreign_record_pkey" PRIMARY KEY ("destination_id","remote_id")
);

-- CreateIndex
CREATE INDEX "foreign_record_destination_id_key_idx" ON "foreign_record"("destination_id", "key");

-- AddForeignKey
ALTER TABLE "foreign_record" ADD CONSTRAINT "foreign_record_destination_id_fkey" FOREIGN KEY ("destination_id") REFERENCES "destination"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A team is shown it where one of its own applications sees the whole tenant.
ALTER TABLE foreign_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE foreign_record FORCE ROW LEVEL SECURITY;
CREATE POLICY own_reader ON foreign_record FOR SELECT TO sluice_app USING (
  EXISTS (SELECT FROM connector c JOIN destination d ON d.id = c.destination_id
    WHERE c.destination_id = foreign_record.destination_id AND c.deleted_at IS NULL
      AND c.team_id = ANY ((SELECT sluice_scope())::uuid[]) AND d.capacity->'readers' ? c.client_id::text)
);
CREATE POLICY system_scope ON foreign_record TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT ON foreign_record TO sluice_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON foreign_record TO sluice_system;

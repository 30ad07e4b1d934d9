-- What an administrator gives a Defender tenant, so that it can be read whole without any team's application being shown all of it.

-- CreateTable
CREATE TABLE "destination_reader" (
    "id" UUID NOT NULL,
    "destination_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "expiry_source" TEXT,
    "expiry_checked_at" TIMESTAMPTZ(3),
    "key_id" UUID,
    "thumbprint" TEXT,
    "announced_days" INTEGER,
    "refused_at" TIMESTAMPTZ(3),
    "refusal" TEXT,
    "looked_at" TIMESTAMPTZ(3),
    "problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,
    "created_by_name" TEXT NOT NULL,

    CONSTRAINT "destination_reader_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "destination_reader_destination_id_key" ON "destination_reader"("destination_id");

-- AddForeignKey
ALTER TABLE "destination_reader" ADD CONSTRAINT "destination_reader_destination_id_fkey" FOREIGN KEY ("destination_id") REFERENCES "destination"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Of no team, and for no team: what is sealed in it is an administrator's.
ALTER TABLE destination_reader ENABLE ROW LEVEL SECURITY;
ALTER TABLE destination_reader FORCE ROW LEVEL SECURITY;
CREATE POLICY system_scope ON destination_reader TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON destination_reader TO sluice_system;

-- A tenant that such an application reads is shown to every team that sends there.
DROP POLICY own_reader ON foreign_record;
CREATE POLICY own_reader ON foreign_record FOR SELECT TO sluice_app USING (
  EXISTS (SELECT FROM connector c JOIN destination d ON d.id = c.destination_id
    WHERE c.destination_id = foreign_record.destination_id AND c.deleted_at IS NULL
      AND c.team_id = ANY ((SELECT sluice_scope())::uuid[])
      AND (d.capacity->'readers' ? c.client_id::text OR d.capacity->>'shared' = 'true'))
);

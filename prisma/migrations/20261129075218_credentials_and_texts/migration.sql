-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "description_template" TEXT,
ADD COLUMN     "title_template" TEXT;

-- AlterTable
ALTER TABLE "credential" ADD COLUMN     "announced_days" INTEGER,
ADD COLUMN     "expiry_checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "expiry_source" TEXT,
ADD COLUMN     "key_id" UUID,
ADD COLUMN     "last_test" JSONB,
ADD COLUMN     "refusal" TEXT,
ADD COLUMN     "refused_at" TIMESTAMPTZ(3),
ADD COLUMN     "thumbprint" TEXT;

-- One successor at a time waits beside the credential that is in use.
CREATE UNIQUE INDEX credential_one_staged ON credential (connector_id) WHERE state = 'staged';
ALTER TABLE credential
  ADD CONSTRAINT credential_expiry_source CHECK (expiry_source IN ('certificate', 'entra', 'stated')),
  ADD CONSTRAINT credential_kind CHECK (kind IN ('secret', 'certificate', 'managed-identity', 'workload-identity')),
  -- What was forgotten stays forgotten: only a retired one may be empty.
  ADD CONSTRAINT credential_is_kept CHECK (sealed <> '' OR state = 'retired');

-- The owner is bound by the teams' policies like everybody, and belongs to none.
ALTER TABLE credential NO FORCE ROW LEVEL SECURITY;
UPDATE credential SET expiry_source = 'certificate' WHERE kind = 'certificate';
ALTER TABLE credential FORCE ROW LEVEL SECURITY;

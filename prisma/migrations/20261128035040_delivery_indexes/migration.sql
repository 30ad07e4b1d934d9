-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "changes_seen" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "push" ADD COLUMN     "announced_at" TIMESTAMPTZ(3),
ADD COLUMN     "wake_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "feed_run" ADD COLUMN     "announced_at" TIMESTAMPTZ(3);

-- AlterTable
-- Plans made before this saw nothing of a team that was there already: each is made once more.
ALTER TABLE "team" ADD COLUMN     "change_count" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "team" ALTER COLUMN "change_count" SET DEFAULT 0;

-- CreateIndex
CREATE INDEX "claim_connector_id_expires_at_idx" ON "claim"("connector_id", "expires_at");

-- CreateIndex
CREATE INDEX "receipt_connector_id_state_idx" ON "receipt"("connector_id", "state");

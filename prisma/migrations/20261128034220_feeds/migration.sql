-- AlterEnum
ALTER TYPE "feed_kind" ADD VALUE 'subscription';

-- AlterTable
ALTER TABLE "feed" ADD COLUMN     "body_id" UUID,
ADD COLUMN     "cron" TEXT,
ADD COLUMN     "grace_runs" SMALLINT NOT NULL DEFAULT 0,
ADD COLUMN     "reading_version" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "source_feed_id" UUID,
ADD COLUMN     "stale_after_minutes" INTEGER,
ADD COLUMN     "store_only" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "time_zone" TEXT;

-- AlterTable
ALTER TABLE "feed_run" ADD COLUMN     "counts_by_type" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "excluded_by_reason" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "facts" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "reading_version" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "body" ADD COLUMN     "source_state" JSONB;

-- CreateIndex
CREATE INDEX "feed_source_feed_id_idx" ON "feed"("source_feed_id");

-- A generation that was left by rollback holds an empty interval: it is no longer live, and still on record.
ALTER TABLE "attribution" DROP CONSTRAINT "attribution_check";
ALTER TABLE "attribution" ADD CONSTRAINT "attribution_interval" CHECK (until_generation IS NULL OR until_generation >= from_generation);
-- Values gone upstream that their feed still keeps: few, and looked for by each run.
CREATE INDEX "attribution_absent" ON "attribution" (feed_id) WHERE absent_from_run IS NOT NULL AND until_generation IS NULL;
-- A team takes a shared feed in once.
CREATE UNIQUE INDEX "feed_one_subscription" ON "feed" (team_id, source_feed_id) WHERE source_feed_id IS NOT NULL AND deleted_at IS NULL;
ALTER TABLE "feed" ADD CHECK (grace_runs BETWEEN 0 AND 100);

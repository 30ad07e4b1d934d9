-- AlterTable
ALTER TABLE "attribution" ADD COLUMN     "expires_at" TIMESTAMPTZ(3);

-- What one generation ended: rollback opens it again, retention drops it.
CREATE INDEX "attribution_closed" ON "attribution" (feed_id, until_generation) WHERE until_generation IS NOT NULL;
-- What has gone at the source and is kept may be much; each run asks only for what is due.
DROP INDEX "attribution_absent";
CREATE INDEX "attribution_absent" ON "attribution" (feed_id, least(valid_until, expires_at))
  WHERE absent_from_run IS NOT NULL AND until_generation IS NULL;

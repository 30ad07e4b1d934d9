-- AlterTable
ALTER TABLE "attribution" ADD COLUMN     "expires_at" TIMESTAMPTZ(3);

-- What one generation ended: rollback opens it again, retention drops it.
CREATE INDEX "attribution_closed" ON "attribution" (feed_id, until_generation) WHERE until_generation IS NOT NULL;

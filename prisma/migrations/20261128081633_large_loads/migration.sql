-- AlterTable
ALTER TABLE "team" ADD COLUMN     "merged_at" TIMESTAMPTZ(3);

-- A check for each of a million rows took longer than writing them, and guarded against nobody: indicators are deleted by one
-- sweep alone, under a lock that no ingest can hold at the same time (purge-orphans.ts, compareStage).
ALTER TABLE attribution DROP CONSTRAINT attribution_indicator_id_fkey;

-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "decided" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "push" ADD COLUMN     "outdated" BOOLEAN NOT NULL DEFAULT false;

-- What recalls took away within the hour goes on to count for nobody.
UPDATE plan SET decided = true
WHERE partial AND withheld_id IS NULL AND NOT automatic AND add + change = 0 AND applied_at > now() - interval '1 hour';

-- AlterTable
ALTER TABLE "destination" ADD COLUMN     "accepts_md5" BOOLEAN;

-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "expiry_by_type" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "rules" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "push" ADD COLUMN     "raised" JSONB;

-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "refused_hash" BYTEA;

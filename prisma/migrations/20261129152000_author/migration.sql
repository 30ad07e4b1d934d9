-- AlterTable
ALTER TABLE "destination" ADD COLUMN     "author_at" TIMESTAMPTZ(3),
ADD COLUMN     "author_hash" BYTEA;

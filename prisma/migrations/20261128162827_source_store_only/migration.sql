-- AlterTable
ALTER TABLE "feed" ADD COLUMN     "source_store_only" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "push_item" ADD COLUMN     "unanswered" SMALLINT NOT NULL DEFAULT 0;

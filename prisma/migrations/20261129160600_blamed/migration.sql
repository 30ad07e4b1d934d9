-- AlterTable
ALTER TABLE "push_item" ADD COLUMN     "blamed" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "budget_entry" ADD COLUMN     "device_groups" JSONB;

-- AlterTable
ALTER TABLE "push_item" ADD COLUMN     "device_groups" JSONB,
ADD COLUMN     "moves" BOOLEAN NOT NULL DEFAULT false;

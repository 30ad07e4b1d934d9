-- AlterTable
ALTER TABLE "remote_record" ADD COLUMN     "ended_ids" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- Few records have any, and each reading of a tenant asks for them.
CREATE INDEX remote_record_ended ON remote_record (destination_id) WHERE ended_ids <> '{}';

-- CreateIndex
CREATE INDEX "remote_record_destination_id_remote_id_idx" ON "remote_record"("destination_id", "remote_id");

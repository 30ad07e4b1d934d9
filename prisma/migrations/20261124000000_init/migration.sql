
-- CreateEnum
CREATE TYPE "connector_kind" AS ENUM ('defender', 'sentinel');

-- CreateEnum
CREATE TYPE "cloud" AS ENUM ('public', 'gcc', 'gcc-high', 'china', 'sandbox');

-- CreateEnum
CREATE TYPE "connector_mode" AS ENUM ('review', 'automatic');

-- CreateEnum
CREATE TYPE "credential_state" AS ENUM ('staged', 'active', 'retired');

-- CreateEnum
CREATE TYPE "record_state" AS ENUM ('absent', 'live', 'orphaned', 'gone');

-- CreateEnum
CREATE TYPE "plan_state" AS ENUM ('draft', 'applied', 'stale');

-- CreateEnum
CREATE TYPE "push_state" AS ENUM ('queued', 'running', 'done', 'stopped');

-- CreateEnum
CREATE TYPE "push_item_state" AS ENUM ('pending', 'sending', 'accepted', 'removed', 'failed', 'skipped');

-- CreateEnum
CREATE TYPE "receipt_state" AS ENUM ('pending', 'accepted', 'visible', 'failed', 'withdrawing', 'gone', 'skipped');

-- CreateEnum
CREATE TYPE "feed_kind" AS ENUM ('csv', 'freetext', 'json', 'misp-feed', 'misp-server', 'taxii', 'upload', 'local');

-- CreateEnum
CREATE TYPE "feed_visibility" AS ENUM ('team', 'everyone');

-- CreateEnum
CREATE TYPE "removal_policy" AS ENUM ('mirror', 'expire', 'keep');

-- CreateEnum
CREATE TYPE "run_state" AS ENUM ('queued', 'running', 'succeeded', 'unchanged', 'held', 'failed', 'discarded', 'rolled-back');

-- CreateEnum
CREATE TYPE "run_extent" AS ENUM ('full', 'delta');

-- CreateEnum
CREATE TYPE "role" AS ENUM ('owner', 'analyst', 'viewer');

-- CreateTable
CREATE TABLE "destination" (
    "id" UUID NOT NULL,
    "kind" "connector_kind" NOT NULL,
    "cloud" "cloud" NOT NULL,
    "tenant_id" UUID NOT NULL,
    "workspace_id" TEXT NOT NULL DEFAULT '',
    "source_system" TEXT NOT NULL,
    "capacity" JSONB,
    "lease_owner" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "destination_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connector" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "destination_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "connector_kind" NOT NULL,
    "client_id" UUID NOT NULL,
    "subscription_id" TEXT,
    "resource_group" TEXT,
    "workspace_name" TEXT,
    "device_groups" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "action" TEXT NOT NULL DEFAULT 'Audit',
    "severity" TEXT NOT NULL DEFAULT 'Medium',
    "expiry_days" INTEGER,
    "selection" JSONB NOT NULL DEFAULT '{}',
    "mode" "connector_mode" NOT NULL DEFAULT 'review',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "last_test" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "connector_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential" (
    "id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" "credential_state" NOT NULL DEFAULT 'active',
    "sealed" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "remote_record" (
    "id" UUID NOT NULL,
    "destination_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "scope" TEXT NOT NULL DEFAULT '',
    "state" "record_state" NOT NULL DEFAULT 'absent',
    "owner_connector_id" UUID,
    "owner_client_id" UUID,
    "remote_id" TEXT,
    "epoch" SMALLINT NOT NULL DEFAULT 0,
    "content_hash" BYTEA,
    "action" TEXT,
    "severity" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "first_sent_at" TIMESTAMPTZ(3),
    "accepted_at" TIMESTAMPTZ(3),
    "visible_at" TIMESTAMPTZ(3),
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "remote_record_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "claim" (
    "record_id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "action" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "confidence" SMALLINT NOT NULL,
    "tlp" SMALLINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "content" JSONB NOT NULL,
    "content_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "claim_pkey" PRIMARY KEY ("record_id","connector_id")
);

-- CreateTable
CREATE TABLE "plan" (
    "id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "state" "plan_state" NOT NULL DEFAULT 'draft',
    "hash" TEXT NOT NULL,
    "policy_hash" TEXT NOT NULL,
    "add" INTEGER NOT NULL DEFAULT 0,
    "change" INTEGER NOT NULL DEFAULT 0,
    "remove" INTEGER NOT NULL DEFAULT 0,
    "keep" INTEGER NOT NULL DEFAULT 0,
    "blocked" INTEGER NOT NULL DEFAULT 0,
    "blocked_by_reason" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "applied_at" TIMESTAMPTZ(3),
    "applied_by" UUID,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_item" (
    "plan_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "team_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "action" TEXT,
    "severity" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "content" JSONB,
    "desired_hash" BYTEA,
    "claim_hash" BYTEA,

    CONSTRAINT "plan_item_pkey" PRIMARY KEY ("plan_id","indicator_id")
);

-- CreateTable
CREATE TABLE "push" (
    "id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "state" "push_state" NOT NULL DEFAULT 'queued',
    "planned" INTEGER NOT NULL DEFAULT 0,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "removed" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "message" TEXT,
    "requested_by" UUID,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "lease_owner" UUID,

    CONSTRAINT "push_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "push_item" (
    "push_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "team_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "state" "push_item_state" NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "push_item_pkey" PRIMARY KEY ("push_id","indicator_id")
);

-- CreateTable
CREATE TABLE "receipt" (
    "connector_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "team_id" UUID NOT NULL,
    "push_id" UUID,
    "state" "receipt_state" NOT NULL,
    "remote_id" TEXT,
    "stix_id" TEXT,
    "content_hash" BYTEA,
    "sent_at" TIMESTAMPTZ(3),
    "accepted_at" TIMESTAMPTZ(3),
    "visible_at" TIMESTAMPTZ(3),
    "gone_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "receipt_pkey" PRIMARY KEY ("connector_id","indicator_id")
);

-- CreateTable
CREATE TABLE "bucket" (
    "destination_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "sent_at" TIMESTAMPTZ(3)[],
    "blocked_until" TIMESTAMPTZ(3),

    CONSTRAINT "bucket_pkey" PRIMARY KEY ("destination_id","operation","tenant_id","client_id")
);

-- CreateTable
CREATE TABLE "feed" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "provider" TEXT NOT NULL DEFAULT '',
    "kind" "feed_kind" NOT NULL,
    "url" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "every_minutes" INTEGER,
    "next_run_at" TIMESTAMPTZ(3),
    "visibility" "feed_visibility" NOT NULL DEFAULT 'team',
    "removal" "removal_policy" NOT NULL DEFAULT 'mirror',
    "expiry_days" INTEGER,
    "confidence" SMALLINT NOT NULL DEFAULT 50,
    "tlp" SMALLINT NOT NULL DEFAULT 3,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "shrink_limit_percent" SMALLINT NOT NULL DEFAULT 20,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "sealed_secrets" TEXT,
    "etag" TEXT,
    "last_modified" TEXT,
    "content_hash" BYTEA,
    "live_generation" INTEGER NOT NULL DEFAULT 0,
    "last_run_number" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "feed_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feed_run" (
    "id" UUID NOT NULL,
    "feed_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "state" "run_state" NOT NULL DEFAULT 'queued',
    "extent" "run_extent" NOT NULL DEFAULT 'full',
    "trigger" TEXT NOT NULL,
    "requested_by" UUID,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "lease_owner" UUID,
    "deadline_at" TIMESTAMPTZ(3),
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "body_id" UUID,
    "bytes" BIGINT,
    "http_status" INTEGER,
    "lines" INTEGER NOT NULL DEFAULT 0,
    "values" INTEGER NOT NULL DEFAULT 0,
    "added" INTEGER NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "duplicate" INTEGER NOT NULL DEFAULT 0,
    "excluded" INTEGER NOT NULL DEFAULT 0,
    "allowlisted" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "removed" INTEGER NOT NULL DEFAULT 0,
    "active" INTEGER NOT NULL DEFAULT 0,
    "rejected_by_reason" JSONB NOT NULL DEFAULT '{}',
    "error" JSONB,
    "decided_by" UUID,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "feed_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_rejection" (
    "run_id" UUID NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "team_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "raw" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "run_rejection_pkey" PRIMARY KEY ("run_id","ordinal")
);

-- CreateTable
CREATE TABLE "body" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "feed_id" UUID,
    "sha256" BYTEA NOT NULL,
    "bytes" BIGINT NOT NULL,
    "content_type" TEXT,
    "final_url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "body_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "body_chunk" (
    "body_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "team_id" UUID NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "body_chunk_pkey" PRIMARY KEY ("body_id","position")
);

-- CreateTable
CREATE TABLE "indicator" (
    "id" BIGSERIAL NOT NULL,
    "key" UUID NOT NULL,
    "type" SMALLINT NOT NULL,
    "value" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "indicator_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attribution" (
    "id" BIGSERIAL NOT NULL,
    "feed_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "from_generation" INTEGER NOT NULL,
    "until_generation" INTEGER,
    "absent_from_run" INTEGER,
    "line" INTEGER NOT NULL,
    "confidence" SMALLINT NOT NULL,
    "tlp" SMALLINT NOT NULL,
    "tags" TEXT[],
    "comment" TEXT NOT NULL,
    "threat_type" TEXT NOT NULL,
    "first_seen" TIMESTAMPTZ(3) NOT NULL,
    "last_seen" TIMESTAMPTZ(3) NOT NULL,
    "valid_until" TIMESTAMPTZ(3),
    "context" JSONB,
    "fingerprint" BIGINT NOT NULL,

    CONSTRAINT "attribution_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team_indicator" (
    "team_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "type" SMALLINT NOT NULL,
    "active" BOOLEAN NOT NULL,
    "screened_by" TEXT,
    "confidence" SMALLINT NOT NULL,
    "tlp" SMALLINT NOT NULL,
    "tags" TEXT[],
    "feed_ids" UUID[],
    "first_seen" TIMESTAMPTZ(3) NOT NULL,
    "last_seen" TIMESTAMPTZ(3) NOT NULL,
    "valid_until" TIMESTAMPTZ(3),
    "added_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "team_indicator_pkey" PRIMARY KEY ("team_id","indicator_id")
);

-- CreateTable
CREATE TABLE "tombstone" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lifted_by" UUID,
    "lifted_at" TIMESTAMPTZ(3),

    CONSTRAINT "tombstone_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "team_id" UUID,
    "actor_id" UUID,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "canonical" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_seal" (
    "seq" BIGINT NOT NULL,
    "entry_id" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_seal_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "job" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "team" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app_user" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "must_change_password" BOOLEAN NOT NULL DEFAULT false,
    "is_administrator" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sign_in_at" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "team_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("team_id","user_id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "address" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "invited_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "hint" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "user_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" INTEGER,
    "response" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("user_id","key")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "destination_kind_cloud_tenant_id_workspace_id_key" ON "destination"("kind", "cloud", "tenant_id", "workspace_id");

-- CreateIndex
CREATE INDEX "connector_team_id_idx" ON "connector"("team_id");

-- CreateIndex
CREATE INDEX "connector_destination_id_idx" ON "connector"("destination_id");

-- CreateIndex
CREATE INDEX "credential_connector_id_idx" ON "credential"("connector_id");

-- CreateIndex
CREATE INDEX "remote_record_indicator_id_idx" ON "remote_record"("indicator_id");

-- CreateIndex
CREATE UNIQUE INDEX "remote_record_destination_id_indicator_id_scope_key" ON "remote_record"("destination_id", "indicator_id", "scope");

-- CreateIndex
CREATE INDEX "claim_connector_id_indicator_id_idx" ON "claim"("connector_id", "indicator_id");

-- CreateIndex
CREATE INDEX "plan_connector_id_created_at_idx" ON "plan"("connector_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "push_connector_id_queued_at_idx" ON "push"("connector_id", "queued_at" DESC);

-- CreateIndex
CREATE INDEX "push_team_id_queued_at_idx" ON "push"("team_id", "queued_at" DESC);

-- CreateIndex
CREATE INDEX "push_state_lease_until_idx" ON "push"("state", "lease_until");

-- CreateIndex
CREATE INDEX "receipt_team_id_indicator_id_idx" ON "receipt"("team_id", "indicator_id");

-- CreateIndex
CREATE INDEX "feed_team_id_idx" ON "feed"("team_id");

-- CreateIndex
CREATE INDEX "feed_next_run_at_idx" ON "feed"("next_run_at");

-- CreateIndex
CREATE INDEX "feed_run_feed_id_queued_at_idx" ON "feed_run"("feed_id", "queued_at" DESC);

-- CreateIndex
CREATE INDEX "feed_run_team_id_queued_at_idx" ON "feed_run"("team_id", "queued_at" DESC);

-- CreateIndex
CREATE INDEX "feed_run_state_lease_until_idx" ON "feed_run"("state", "lease_until");

-- CreateIndex
CREATE UNIQUE INDEX "feed_run_feed_id_number_key" ON "feed_run"("feed_id", "number");

-- CreateIndex
CREATE INDEX "body_feed_id_idx" ON "body"("feed_id");

-- CreateIndex
CREATE INDEX "body_expires_at_idx" ON "body"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "indicator_key_key" ON "indicator"("key");

-- CreateIndex
CREATE INDEX "attribution_indicator_id_idx" ON "attribution"("indicator_id");

-- CreateIndex
CREATE INDEX "tombstone_team_id_indicator_id_idx" ON "tombstone"("team_id", "indicator_id");

-- CreateIndex
CREATE INDEX "audit_entry_team_id_id_idx" ON "audit_entry"("team_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_subject_id_idx" ON "audit_entry"("subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_seal_entry_id_key" ON "audit_seal"("entry_id");

-- CreateIndex
CREATE UNIQUE INDEX "team_slug_key" ON "team"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "team_name_key" ON "team"("name");

-- CreateIndex
CREATE UNIQUE INDEX "app_user_email_key" ON "app_user"("email");

-- CreateIndex
CREATE INDEX "membership_user_id_idx" ON "membership"("user_id");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation"("token_hash");

-- CreateIndex
CREATE INDEX "invitation_team_id_idx" ON "invitation"("team_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_hash_key" ON "api_token"("token_hash");

-- CreateIndex
CREATE INDEX "api_token_user_id_idx" ON "api_token"("user_id");

-- AddForeignKey
ALTER TABLE "connector" ADD CONSTRAINT "connector_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connector" ADD CONSTRAINT "connector_destination_id_fkey" FOREIGN KEY ("destination_id") REFERENCES "destination"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "claim" ADD CONSTRAINT "claim_record_id_fkey" FOREIGN KEY ("record_id") REFERENCES "remote_record"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feed" ADD CONSTRAINT "feed_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feed_run" ADD CONSTRAINT "feed_run_feed_id_fkey" FOREIGN KEY ("feed_id") REFERENCES "feed"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

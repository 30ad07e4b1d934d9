-- A wish keeps what speaks for it instead of a score: with other weights the same wishes are chosen otherwise, and that can be said
-- beforehand. What was weighed cannot be taken apart, so each connector says with its next plan what it wants; until then what
-- stands keeps its place. Row security binds the owner, too: a DELETE would find nothing.
TRUNCATE budget_entry;

ALTER TABLE "budget_entry" DROP COLUMN "score",
ADD COLUMN     "confidence" SMALLINT NOT NULL,
ADD COLUMN     "severity" SMALLINT NOT NULL,
ADD COLUMN     "recency" SMALLINT NOT NULL,
ADD COLUMN     "type" SMALLINT NOT NULL,
ADD COLUMN     "sources" SMALLINT NOT NULL;

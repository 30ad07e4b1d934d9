-- Networks that a connector to Defender sends as their addresses: which value is an address of which.

-- CreateTable
CREATE TABLE "network_address" (
    "network_id" BIGINT NOT NULL,
    "indicator_id" BIGINT NOT NULL,

    CONSTRAINT "network_address_pkey" PRIMARY KEY ("network_id","indicator_id")
);

-- CreateIndex
CREATE INDEX "network_address_indicator_id" ON "network_address"("indicator_id");

-- A fact about two values, of no team; it is read beside a network that the reader may see.
GRANT SELECT, INSERT ON network_address TO sluice_app;
GRANT SELECT, INSERT, DELETE ON network_address TO sluice_system;

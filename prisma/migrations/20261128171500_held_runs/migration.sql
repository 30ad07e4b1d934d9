-- The run of a feed that waits for a person is looked for by every list of feeds and by the metrics; most feeds have none, and
-- may have thousands of runs.
CREATE INDEX "feed_run_held" ON "feed_run" (feed_id, number DESC) WHERE state = 'held';

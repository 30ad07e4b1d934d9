-- An item is `sending` from right before its request: what was taken for a batch and has not left waits as before.
UPDATE push_item SET state = 'pending' WHERE state = 'sending' AND sent_at IS NULL;
ALTER TABLE push_item ADD CONSTRAINT push_item_sending_has_left CHECK (state <> 'sending' OR sent_at IS NOT NULL);

-- A batch marks some of a push's open items: by the push alone, each batch read all of them.
DROP INDEX push_item_open;
CREATE INDEX push_item_open ON push_item (push_id, indicator_id) WHERE state IN ('pending', 'sending');

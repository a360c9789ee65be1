-- When a store answered last is shown with it.
CREATE INDEX calls_answered ON calls (store, closed_at) WHERE closed_at IS NOT NULL;

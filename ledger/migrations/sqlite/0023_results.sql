-- The newest run of everything, of a connection, by how it ended.
CREATE INDEX runs_of_everything ON runs (connection, outcome, mode, id) WHERE NOT dry_run AND scope = '[]';

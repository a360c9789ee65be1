-- What the pages of the last whole snapshot of a warehouse were, for as long as nothing else has changed its levels: when a source has the same pages
-- again, its rows need not be compared one by one.
CREATE TABLE snapshot_pages (
  warehouse TEXT    PRIMARY KEY NOT NULL,
  snapshot  INTEGER NOT NULL,
  pages     BLOB    NOT NULL -- a fingerprint of 16 bytes for each page, in order
) STRICT, WITHOUT ROWID;

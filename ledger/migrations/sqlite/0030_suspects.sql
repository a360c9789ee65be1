-- Who failed to sign in lately: a name or an address, as its SHA-256, for people write passwords in the place of names. Its burst is whole again
-- at a moment; a row whose moment is over means nothing.
CREATE TABLE suspects (
  kind     TEXT NOT NULL CHECK (kind IN ('name', 'address')),
  key      TEXT NOT NULL,
  clean_at INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX suspects_clean ON suspects (kind, clean_at);

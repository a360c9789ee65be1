-- What dry runs would push. The newest of a connection takes the place of those before it.
CREATE TABLE previews (
  run        INTEGER NOT NULL PRIMARY KEY,
  connection TEXT    NOT NULL,
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  raised     INTEGER NOT NULL,
  lowered    INTEGER NOT NULL,
  zeroed     INTEGER NOT NULL,
  same       INTEGER NOT NULL,
  first      INTEGER NOT NULL,
  blocked    INTEGER NOT NULL
) STRICT;
CREATE INDEX previews_connection ON previews (connection, run);
CREATE INDEX previews_expiry ON previews (expires_at);

-- The rows of a preview that would change or are blocked, in the order in which they were worked out; not more than are worth looking at.
CREATE TABLE preview_rows (
  run         INTEGER NOT NULL,
  n           INTEGER NOT NULL,
  product     TEXT    NOT NULL,
  channel_sku TEXT    NOT NULL,
  location    TEXT    NOT NULL,
  shows       INTEGER, -- NULL: not known
  would       INTEGER NOT NULL,
  move        TEXT    NOT NULL CHECK (move IN ('raise', 'lower', 'zero', 'new', 'blocked')),
  why         TEXT    NOT NULL,
  PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX preview_rows_move ON preview_rows (run, move, n);

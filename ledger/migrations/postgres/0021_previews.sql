-- What dry runs would push. The newest of a connection takes the place of those before it.
CREATE TABLE previews (
  run        BIGINT NOT NULL PRIMARY KEY,
  connection TEXT COLLATE "C"    NOT NULL,
  made_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  raised     BIGINT NOT NULL,
  lowered    BIGINT NOT NULL,
  zeroed     BIGINT NOT NULL,
  same       BIGINT NOT NULL,
  first      BIGINT NOT NULL,
  blocked    BIGINT NOT NULL
);
CREATE INDEX previews_connection ON previews (connection, run);
CREATE INDEX previews_expiry ON previews (expires_at);

-- The rows of a preview that would change or are blocked, in the order in which they were worked out; not more than are worth looking at.
CREATE TABLE preview_rows (
  run         BIGINT NOT NULL,
  n           BIGINT NOT NULL,
  product     TEXT COLLATE "C"    NOT NULL,
  channel_sku TEXT COLLATE "C"    NOT NULL,
  location    TEXT COLLATE "C"    NOT NULL,
  shows       BIGINT, -- NULL: not known
  would       BIGINT NOT NULL,
  move        TEXT COLLATE "C"    NOT NULL CHECK (move IN ('raise', 'lower', 'zero', 'new', 'blocked')),
  why         TEXT COLLATE "C"    NOT NULL,
  PRIMARY KEY (run, n)
);
CREATE INDEX preview_rows_move ON preview_rows (run, move, n);

-- What people and programs did, or were refused: rows are added, and none is changed or removed.
CREATE TABLE audit (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,
  who    TEXT    NOT NULL,
  face   TEXT    NOT NULL,
  act    TEXT    NOT NULL,
  target TEXT    NOT NULL,
  before TEXT    NOT NULL,
  after  TEXT    NOT NULL,
  result TEXT    NOT NULL,
  reason TEXT    NOT NULL
) STRICT;

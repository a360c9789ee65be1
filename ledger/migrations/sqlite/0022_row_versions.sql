-- A number that grows with every change of a connection's rows, by which it is known how long a count of them holds.
CREATE TABLE row_versions (
  connection TEXT PRIMARY KEY NOT NULL,
  version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

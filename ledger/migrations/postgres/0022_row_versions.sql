-- A number that grows with every change of a connection's rows, by which it is known how long a count of them holds.
CREATE TABLE row_versions (
  connection TEXT COLLATE "C" PRIMARY KEY,
  version    BIGINT NOT NULL
);

-- The locations at which a connection has rows, or has had some, by which it is known where rows may have stayed behind.
CREATE TABLE row_places (
  connection TEXT NOT NULL,
  location   TEXT NOT NULL,
  PRIMARY KEY (connection, location)
) STRICT, WITHOUT ROWID;
INSERT INTO row_places (connection, location) SELECT DISTINCT connection, location FROM channel_levels;

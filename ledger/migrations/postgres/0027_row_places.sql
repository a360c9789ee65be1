-- The locations at which a connection has rows, or has had some, by which it is known where rows may have stayed behind.
CREATE TABLE row_places (
  connection TEXT COLLATE "C" NOT NULL,
  location   TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (connection, location)
);
INSERT INTO row_places (connection, location) SELECT DISTINCT connection, location FROM channel_levels;

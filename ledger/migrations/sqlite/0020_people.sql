-- Who signs in to the pages. Nobody is removed: the log of acts names them.
CREATE TABLE people (
  name       TEXT    NOT NULL PRIMARY KEY,
  role       TEXT    NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  password   TEXT    NOT NULL, -- its hash with salt and parameters
  disabled   INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  created_at INTEGER NOT NULL,
  seen_at    INTEGER -- NULL: never
) STRICT, WITHOUT ROWID;

-- Browsers that are signed in.
CREATE TABLE sessions (
  token      TEXT    NOT NULL PRIMARY KEY, -- the SHA-256 of what the browser has
  person     TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Links by which the first admin is made. They are gone when there is somebody.
CREATE TABLE invitations (
  token      TEXT    NOT NULL PRIMARY KEY, -- the SHA-256 of what the link has
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

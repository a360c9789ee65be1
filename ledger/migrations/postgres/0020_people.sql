-- Who signs in to the pages. Nobody is removed: the log of acts names them.
CREATE TABLE people (
  name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  role       TEXT COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  password   TEXT COLLATE "C" NOT NULL, -- its hash with salt and parameters
  disabled   BOOLEAN NOT NULL DEFAULT FALSE,
  created_at BIGINT NOT NULL,
  seen_at    BIGINT -- NULL: never
);

-- Browsers that are signed in.
CREATE TABLE sessions (
  token      TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- the SHA-256 of what the browser has
  person     TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Links by which the first admin is made. They are gone when there is somebody.
CREATE TABLE invitations (
  token      TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- the SHA-256 of what the link has
  expires_at BIGINT NOT NULL
);

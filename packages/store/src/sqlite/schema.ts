/** The format of the file. A change of it raises FORMAT and brings a step that carries an older file over. */
export const FORMAT = 1;

/** "Mstr" in ASCII: tells a store from another program's database. */
export const APPLICATION_ID = 0x4d737472;

/**
 * `groupName`: `group` is a word of SQL's. `body` is the text that the event's hash was taken over, and the one place
 * its content is read from; the columns beside it are there to be searched.
 * An index holds the rowid (`place`) after its columns, so the first two journal indexes give pages in the order of the journal.
 */
export const SCHEMA = `
  CREATE TABLE leases (
    stack TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    holder TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE declarations (
    stack TEXT PRIMARY KEY,
    declaration TEXT NOT NULL
  ) STRICT;

  CREATE TABLE memories (
    stack TEXT NOT NULL,
    groupName TEXT NOT NULL,
    memory TEXT NOT NULL,
    PRIMARY KEY (stack, groupName)
  ) STRICT;

  CREATE TABLE claims (
    type TEXT NOT NULL,
    scope TEXT NOT NULL,
    id TEXT NOT NULL,
    stack TEXT NOT NULL,
    owner TEXT NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (type, scope, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claimsByOwner ON claims (stack, owner);

  CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    stack TEXT NOT NULL,
    seq INTEGER NOT NULL,
    groupName TEXT,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX eventsByStack ON events (stack);
  CREATE INDEX eventsByGroup ON events (groupName, stack);
  CREATE INDEX eventsByTime ON events (at);

  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};
`;

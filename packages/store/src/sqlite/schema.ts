/** The format of the file. A change of it raises FORMAT and brings a step (migrate.ts) that carries an older file over. */
export const FORMAT = 2;

/** "Mstr" in ASCII: tells a store from another program's database. */
export const APPLICATION_ID = 0x4d737472;

/** What was dropped of each stack's history: `groups` tells in JSON how its groups stood then (`GroupPast`). */
export const CHECKPOINTS = `
  CREATE TABLE checkpoints (
    stack TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    until INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    groups TEXT NOT NULL
  ) STRICT;
`;

/**
 * The first two give pages in the order of the journal. They hold the type as well, so that a page of a rare one is found
 * without reading the events between.
 */
export const EVENT_INDEXES = `
  CREATE INDEX eventsByStack ON events (stack, place, type);
  CREATE INDEX eventsByGroup ON events (groupName, stack, place, type);
  CREATE INDEX eventsByTime ON events (latest);
`;

/**
 * `groupName`: `group` is a word of SQL's. `body` is the text that the event's hash was taken over, and the one place
 * its content is read from; the columns beside it are there to be searched.
 * `latest` is the latest `at` up to there, over all stacks. Clocks go back now and then; it never does, so the first place
 * of a time is found without going through all that came after.
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
    latest INTEGER NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  ${EVENT_INDEXES}
  ${CHECKPOINTS}

  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};
`;

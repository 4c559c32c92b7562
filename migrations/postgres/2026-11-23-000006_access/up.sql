-- Who may do what, who did what, and who must not come back.

-- Keys are never deleted, so that the record of writes can name them. hash: SHA-256 of the key's secret, in
-- hexadecimal. Times are in UTC.
CREATE TABLE api_keys (
    id BIGINT PRIMARY KEY NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    revoked_at TIMESTAMP,
    last_used_on DATE
);

-- One row per row written through the service. key_id: null for this computer's own requests without a key.
-- changes: JSON object, by field the value before and the value after; null for creations and where nothing changed.
CREATE TABLE audit (
    id BIGINT PRIMARY KEY NOT NULL,
    at TIMESTAMP NOT NULL,
    key_id BIGINT,
    action TEXT COLLATE "C" NOT NULL,
    resource TEXT COLLATE "C" NOT NULL,
    row_id BIGINT NOT NULL,
    changes TEXT COLLATE "C"
);
CREATE INDEX audit_row ON audit (resource, row_id);

-- People who were erased: SHA-256 of the salt and of an id or e-mail address of theirs, and the id that stands for
-- them since. Imports look here, so that an old file does not bring anybody back.
CREATE TABLE erased (
    mark TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    stand_in TEXT COLLATE "C" NOT NULL
);

CREATE TABLE erased_salt (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    salt TEXT COLLATE "C" NOT NULL
);

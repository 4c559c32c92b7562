-- Requests that have created rows, by the key their caller gave them, so that one that is sent again creates nothing
-- twice. `key` and `request` are hashes; `ids` are the numbers of the rows, with commas between them.
CREATE TABLE idempotency (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    ids TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (caller, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_created_at ON idempotency (created_at);

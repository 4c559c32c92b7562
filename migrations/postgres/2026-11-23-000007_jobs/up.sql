-- Work that takes longer than a request: imports, fits and backtests that the service was asked for. `request`,
-- `progress` and `outcome` are JSON; what became of an import stands with the import.
CREATE TABLE jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('import', 'refit', 'backtest')),
    state TEXT COLLATE "C" NOT NULL
        CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
    created_at TIMESTAMP NOT NULL,
    started_at TIMESTAMP,
    ended_at TIMESTAMP,
    asked_by TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    request TEXT COLLATE "C" NOT NULL,
    progress TEXT COLLATE "C",
    outcome TEXT COLLATE "C",
    error TEXT COLLATE "C"
);
CREATE INDEX jobs_state ON jobs (state);

-- The model run that answers live: one row or none. Without one, or when undoing an import has taken its run along,
-- the latest run that can serve does; hence no reference.
CREATE TABLE serving_model (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    run_id BIGINT NOT NULL,
    since TIMESTAMP NOT NULL
);

-- Which of the services of this database does a job: a number that it holds for as long as it lives. Jobs so far were
-- those of the only one.
ALTER TABLE jobs ADD COLUMN service BIGINT NOT NULL DEFAULT 1;

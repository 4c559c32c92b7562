-- Days that the shop itself writes into its calendar: they stay when their sales go.

-- What was special about the day: a holiday, a sale of the shop's own.
ALTER TABLE dates ADD COLUMN event TEXT;

-- Whether the row was written by hand; else it came with sales, and leaves with the last of them.
ALTER TABLE dates ADD COLUMN kept BOOLEAN NOT NULL DEFAULT FALSE;

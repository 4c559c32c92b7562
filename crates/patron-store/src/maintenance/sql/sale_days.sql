-- The day of a time, rounded down also before 1970.
SELECT 'sales', id, printf('is on day %d, its time %s on day %d', date_id, time, day)
FROM (
    SELECT id, date_id, datetime(timestamp, 'unixepoch') AS time,
           timestamp / 86400 - (timestamp % 86400 < 0) AS day
    FROM sales
)
WHERE date_id <> day;

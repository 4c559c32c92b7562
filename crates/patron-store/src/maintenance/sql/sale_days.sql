-- The day of a time, rounded down also before 1970.
SELECT 'sales', dated.id,
       'is on day ' || dated.date_id || ', its time ' || shown.time || ' on day ' || dated.day
FROM (
    SELECT id, date_id, timestamp / 86400 - CASE WHEN timestamp % 86400 < 0 THEN 1 ELSE 0 END AS day
    FROM sales
) AS dated
JOIN sales_readable AS shown ON shown.id = dated.id
WHERE dated.date_id <> dated.day
ORDER BY dated.id;

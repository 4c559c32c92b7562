SELECT 'dates', id, printf('no sale is on %s', date)
FROM dates
WHERE id NOT IN (SELECT date_id FROM sales);

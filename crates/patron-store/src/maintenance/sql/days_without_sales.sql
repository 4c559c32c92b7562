SELECT 'dates', id, 'no sale is on ' || date
FROM dates
WHERE NOT kept AND NOT EXISTS (SELECT 1 FROM sales WHERE sales.date_id = dates.id)
ORDER BY id;

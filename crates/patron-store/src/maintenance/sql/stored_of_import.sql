SELECT kind, count(*), sum(amount), coalesce(sum(CASE WHEN customer_id IS NOT NULL THEN amount END), 0),
       min(timestamp), max(timestamp)
FROM sales
WHERE id BETWEEN ?1 AND ?2
GROUP BY kind;

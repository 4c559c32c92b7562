-- 16: orders and revenue per quarter of a year. $1, $2: its first and last day.
SELECT
    dates.quarter,
    CAST(sum(coalesce(opened.orders, 0)) AS BIGINT) AS orders,
    CAST(sum(net.units) AS BIGINT) AS units,
    CAST(sum(net.revenue) AS BIGINT) AS revenue
FROM (
    SELECT date_id, sum(quantity) AS units, sum(amount) AS revenue
    FROM sales
    WHERE kind <> 'service' AND date_id BETWEEN $1 AND $2
    GROUP BY date_id
) AS net
LEFT JOIN (
    SELECT date_id, count(*) AS orders FROM query_orders GROUP BY date_id
) AS opened ON opened.date_id = net.date_id
JOIN dates ON dates.id = net.date_id
GROUP BY dates.quarter
ORDER BY dates.quarter

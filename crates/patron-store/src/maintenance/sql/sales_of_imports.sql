-- A sale that came from a file has a line number.
SELECT 'sales', id, 'has line ' || line || ' of a file, but no import holds it'
FROM sales
WHERE line IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM imports WHERE sales.id BETWEEN first_sale_id AND last_sale_id)
ORDER BY id;

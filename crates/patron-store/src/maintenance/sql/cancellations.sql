SELECT 'cancellations', link.sale_id,
       CASE
           WHEN back.kind <> 'return' THEN printf('sale %d is no return but a %s', back.id, back.kind)
           WHEN bought.kind <> 'sale' THEN
               printf('takes back %d, which is no sale but a %s', bought.id, bought.kind)
           WHEN back.customer_id IS NOT bought.customer_id THEN
               printf('takes back sale %d of another customer', bought.id)
           WHEN back.product_id IS NOT bought.product_id THEN
               printf('takes back sale %d of another product', bought.id)
           ELSE printf('takes back sale %d, which came later', bought.id)
       END
FROM cancellations AS link
JOIN sales AS back ON back.id = link.sale_id
JOIN sales AS bought ON bought.id = link.purchase_id
WHERE back.kind <> 'return'
   OR bought.kind <> 'sale'
   OR back.customer_id IS NOT bought.customer_id
   OR back.product_id IS NOT bought.product_id
   OR bought.timestamp > back.timestamp;

-- 3: products above a price. $1: the price in ten-thousandths.
SELECT products.sku, products.description, products.category, goods.price, goods.price_from
FROM query_goods AS goods
JOIN products ON products.id = goods.product_id
WHERE goods.price > $1
ORDER BY goods.price DESC, products.id

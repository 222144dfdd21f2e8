// Which papers compare with a method, and what do they propose?
// $method: method = "method:transformer"
// columns: paper, title, year, proposed
MATCH (x:Method {id: $method})
WITH x
MATCH (x)<-[:COMPARES_WITH]-(p:Paper)
OPTIONAL MATCH (p)-[:PROPOSES]->(y:Method)
RETURN p.id AS paper, p.title AS title, p.year AS year, y.name AS proposed
ORDER BY coalesce(p.year, 0) DESC, p.id, coalesce(y.id, "")

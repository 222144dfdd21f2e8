// Which data sets were introduced, and how many other papers evaluate on them?
// $limit: int = 50
// columns: id, dataset, paper, title, year, evaluated_by
MATCH (p:Paper)-[:INTRODUCES]->(d:Dataset)
OPTIONAL MATCH (d)<-[:EVALUATES_ON]-(q:Paper)
WHERE q.id <> p.id
WITH d, p, count(DISTINCT q.id) AS evaluated_by
RETURN d.id AS id, d.name AS dataset, p.id AS paper, p.title AS title, p.year AS year, evaluated_by
ORDER BY evaluated_by DESC, id, paper
LIMIT $limit

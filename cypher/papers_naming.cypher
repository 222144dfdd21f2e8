// Which papers name a method, data set, metric or task, and what is it to them?
// $entity: entity = "method:transformer"
// $limit: int = 100
// columns: paper, title, year, relation, called
MATCH (n:Method|Dataset|Metric|Task {id: $entity})
WITH n
MATCH (n)<-[r]-(p:Paper)
RETURN p.id AS paper, p.title AS title, p.year AS year, type(r) AS relation, r.name AS called
ORDER BY coalesce(p.year, 0) DESC, p.id
LIMIT $limit

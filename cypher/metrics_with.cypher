// Which metrics are named by the same papers as a metric?
// $metric: metric = "metric:fid"
// $limit: int = 50
// columns: id, metric, papers
MATCH (m:Metric {id: $metric})
WITH m
MATCH (m)<-[:USES_METRIC]-(p:Paper)-[:USES_METRIC]->(n:Metric)
WHERE n.id <> m.id
WITH n, count(DISTINCT p.id) AS papers
RETURN n.id AS id, n.name AS metric, papers
ORDER BY papers DESC, id
LIMIT $limit

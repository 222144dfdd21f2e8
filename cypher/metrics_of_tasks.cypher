// Which metrics go with which tasks?
// $at_least: int = 2, papers that name both
// $limit: int = 100
// columns: task, metric, papers
MATCH (t:Task)<-[:ADDRESSES]-(p:Paper)-[:USES_METRIC]->(m:Metric)
WITH t.id AS tid, t.name AS task, m.id AS mid, m.name AS metric, count(DISTINCT p.id) AS papers
WHERE papers >= $at_least
RETURN task, metric, papers
ORDER BY papers DESC, tid, mid
LIMIT $limit

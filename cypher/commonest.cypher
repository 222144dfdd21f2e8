// Which methods, data sets, metrics or tasks are named by most papers?
// $kind: method|dataset|metric|task? = ""
// $limit: int = 50
// columns: id, name, aliases, papers
WITH $kind + ":" AS prefix
MATCH (n:Method|Dataset|Metric|Task)
WHERE prefix = ":" OR n.id STARTS WITH prefix
MATCH (n)<--(p:Paper)
WITH n, count(DISTINCT p.id) AS papers
RETURN n.id AS id, n.name AS name, n.aliases AS aliases, papers
ORDER BY papers DESC, id
LIMIT $limit

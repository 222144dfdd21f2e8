// Which methods, data sets, metrics or tasks does one paper alone name?
// $kind: method|dataset|metric|task = "dataset"
// $limit: int = 100
// columns: id, name, paper, title
WITH $kind + ":" AS prefix
MATCH (n:Method|Dataset|Metric|Task)
WHERE n.id STARTS WITH prefix
MATCH (n)<--(p:Paper)
WITH n, count(DISTINCT p.id) AS papers, min(p.id) AS pid
WHERE papers = 1
MATCH (q:Paper {id: pid})
RETURN n.id AS id, n.name AS name, q.id AS paper, q.title AS title
ORDER BY id
LIMIT $limit

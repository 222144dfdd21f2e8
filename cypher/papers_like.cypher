// Which papers share most methods, data sets, metrics and tasks with a paper?
// $paper: paper = "attention-is-all-you-need"
// $limit: int = 10
// columns: paper, title, year, shared
MATCH (p:Paper {id: $paper})
WITH p
MATCH (p)-->(n:Method|Dataset|Metric|Task)
WITH p, n
MATCH (n)<--(q:Paper)
WHERE q.id <> p.id
WITH q, count(DISTINCT n.id) AS shared
RETURN q.id AS paper, q.title AS title, q.year AS year, shared
ORDER BY shared DESC, paper
LIMIT $limit

// Which methods that a paper proposes do other papers of that year or later use or compare with?
// $limit: int = 50
// columns: id, method, paper, title, year, used_by, compared_by
MATCH (p:Paper)-[:PROPOSES]->(x:Method)<-[u:USES|COMPARES_WITH]-(q:Paper)
WHERE q.id <> p.id AND q.year >= p.year
WITH x, p, count(DISTINCT CASE WHEN type(u) = "USES" THEN q.id END) AS used_by,
  count(DISTINCT CASE WHEN type(u) = "COMPARES_WITH" THEN q.id END) AS compared_by
RETURN x.id AS id, x.name AS method, p.id AS paper, p.title AS title, p.year AS year, used_by, compared_by
ORDER BY used_by + compared_by DESC, id, paper
LIMIT $limit

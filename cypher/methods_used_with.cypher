// Which methods are used together with a method?
// $method: method = "method:transformer"
// $limit: int = 50
// columns: id, method, papers
MATCH (x:Method {id: $method})
WITH x
MATCH (x)<-[:PROPOSES|USES]-(p:Paper)-[:PROPOSES|USES]->(y:Method)
WHERE y.id <> x.id
WITH y, count(DISTINCT p.id) AS papers
RETURN y.id AS id, y.name AS method, papers
ORDER BY papers DESC, id
LIMIT $limit

// Who wrote papers that propose methods for a task?
// $task: task = "task:imagegeneration"
// $limit: int = 50
// columns: author, papers, methods
MATCH (t:Task {id: $task})
WITH t
MATCH (t)<-[:ADDRESSES]-(p:Paper)-[:PROPOSES]->(x:Method)
MATCH (p)<-[:WROTE]-(a:Author)
WITH a.id AS id, a.name AS author, count(DISTINCT p.id) AS papers, count(DISTINCT x.id) AS methods
RETURN author, papers, methods
ORDER BY papers DESC, methods DESC, id
LIMIT $limit

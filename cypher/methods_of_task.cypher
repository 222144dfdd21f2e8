// Which methods were proposed for a task?
// $task: task = "task:imagegeneration"
// columns: id, method, paper, title, date, year
MATCH (t:Task {id: $task})
WITH t
MATCH (t)<-[:ADDRESSES]-(p:Paper)-[:PROPOSES]->(x:Method)
RETURN x.id AS id, x.name AS method, p.id AS paper, p.title AS title, p.date AS date, p.year AS year
ORDER BY coalesce(p.year, 0) DESC, coalesce(p.date, "") DESC, p.id, x.id

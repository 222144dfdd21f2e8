// Which data sets do papers on a task publish, train or evaluate on?
// $task: task = "task:imagegeneration"
// columns: id, dataset, papers
MATCH (t:Task {id: $task})
WITH t
MATCH (t)<-[:ADDRESSES]-(p:Paper)-[:INTRODUCES|EVALUATES_ON|TRAINS_ON]->(d:Dataset)
WITH d, count(DISTINCT p.id) AS papers
RETURN d.id AS id, d.name AS dataset, papers
ORDER BY papers DESC, id

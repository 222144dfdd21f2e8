// How many papers address a task each year?
// $task: task = "task:imagegeneration"
// columns: year, papers
MATCH (t:Task {id: $task})
WITH t
MATCH (t)<-[:ADDRESSES]-(p:Paper)
WITH p.year AS year, count(DISTINCT p.id) AS papers
RETURN year, papers
ORDER BY coalesce(year, 9999)

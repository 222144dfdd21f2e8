// Which metrics are reported on a data set?
// $dataset: dataset = "dataset:imagenet"
// columns: id, metric, papers, results
MATCH (d:Dataset {id: $dataset})
WITH d
MATCH (d)<-[:ON_DATASET]-(r:Result)-[:MEASURES]->(m:Metric)
MATCH (r)<-[:REPORTS]-(p:Paper)
WITH m, count(DISTINCT p.id) AS papers, count(DISTINCT r.id) AS results
RETURN m.id AS id, m.name AS metric, papers, results
ORDER BY papers DESC, results DESC, id

// Which papers name a data set and a metric but give no value of the metric on the data set?
// $metric: metric = "metric:fid"
// $dataset: dataset = "dataset:imagenet"
// columns: paper, title, year, relation
MATCH (m:Metric {id: $metric})
WITH m
MATCH (m)<-[:USES_METRIC]-(p:Paper)-[u:INTRODUCES|EVALUATES_ON|TRAINS_ON|MENTIONS]->(d:Dataset)
WHERE d.id = $dataset AND NOT EXISTS {
  MATCH (p)-[:REPORTS]->(r:Result)-[:MEASURES]->(n:Metric), (r)-[:ON_DATASET]->(e:Dataset)
  WHERE n.id = m.id AND e.id = d.id
}
RETURN p.id AS paper, p.title AS title, p.year AS year, type(u) AS relation
ORDER BY coalesce(p.year, 0) DESC, p.id

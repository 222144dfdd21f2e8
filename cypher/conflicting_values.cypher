// Which methods have different values of a metric on the same data set in the same setting?
// $metric: metric = "metric:fid"
// columns: method, dataset, setting, unit, lowest, highest, distinct_values, papers
MATCH (m:Metric {id: $metric})
WITH m
MATCH (m)<-[:MEASURES]-(r:Result)-[:OF_METHOD]->(x:Method)
WHERE r.kind = "absolute"
MATCH (r)-[:ON_DATASET]->(d:Dataset)
MATCH (r)<-[:REPORTS]-(p:Paper)
WITH x.id AS xid, x.name AS method, d.id AS did, d.name AS dataset, coalesce(r.setting, "") AS setting,
  CASE WHEN r.unit = "" THEN coalesce(m.unit, "") ELSE r.unit END AS unit, min(r.value) AS lowest,
  max(r.value) AS highest, count(DISTINCT r.value) AS distinct_values, count(DISTINCT p.id) AS papers
WHERE distinct_values > 1
RETURN method, dataset, setting, unit, lowest, highest, distinct_values, papers
ORDER BY papers DESC, distinct_values DESC, xid, did, setting, unit

// What is the best value of a metric on each data set?
// $metric: metric = "metric:fid"
// columns: dataset, unit, best, lowest, highest, results, papers
// "best" is null where nobody knows whether higher is better.
MATCH (m:Metric {id: $metric})
WITH m
MATCH (m)<-[:MEASURES]-(r:Result)-[:ON_DATASET]->(d:Dataset)
WHERE r.kind = "absolute"
MATCH (r)<-[:REPORTS]-(p:Paper)
WITH m.higherIsBetter AS higher, d.id AS id, d.name AS dataset,
  CASE WHEN r.unit = "" THEN coalesce(m.unit, "") ELSE r.unit END AS unit,
  min(r.value) AS lowest, max(r.value) AS highest, count(DISTINCT r.id) AS results, count(DISTINCT p.id) AS papers
RETURN dataset, unit, CASE WHEN higher IS NULL THEN null WHEN higher THEN highest ELSE lowest END AS best,
  lowest, highest, results, papers
ORDER BY papers DESC, results DESC, id, unit

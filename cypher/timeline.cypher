// How did a metric on a data set move over the years?
// $metric: metric = "metric:fid"
// $dataset: dataset = "dataset:imagenet"
// columns: year, unit, best, lowest, highest, results, papers
// Own results only; "best" is null where nobody knows whether higher is better.
MATCH (d:Dataset {id: $dataset})
WITH d
MATCH (d)<-[:ON_DATASET]-(r:Result)-[:MEASURES]->(m:Metric)
WHERE m.id = $metric AND r.kind = "absolute" AND r.own
MATCH (r)<-[:REPORTS]-(p:Paper)
WITH m.higherIsBetter AS higher, p.year AS year,
  CASE WHEN r.unit = "" THEN coalesce(m.unit, "") ELSE r.unit END AS unit,
  min(r.value) AS lowest, max(r.value) AS highest, count(DISTINCT r.id) AS results, count(DISTINCT p.id) AS papers
RETURN year, unit, CASE WHEN higher IS NULL THEN null WHEN higher THEN highest ELSE lowest END AS best,
  lowest, highest, results, papers
ORDER BY coalesce(year, 9999), unit

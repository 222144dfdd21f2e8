// What are the entities with these ids?
// $ids: string[] = ["metric:fid", "dataset:imagenet"]
// columns: id, name, aliases, unit, higherIsBetter, papers
MATCH (n:Method|Dataset|Metric|Task)
WHERE n.id IN $ids
MATCH (n)<--(p:Paper)
WITH n, count(DISTINCT p.id) AS papers
RETURN n.id AS id, n.name AS name, n.aliases AS aliases, n.unit AS unit, n.higherIsBetter AS higherIsBetter, papers
ORDER BY papers DESC, id

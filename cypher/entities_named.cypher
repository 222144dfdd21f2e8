// Which entities have this name, in whatever case?
// $name: string = "FID"
// columns: id, name, aliases, unit, higherIsBetter, papers
WITH toLower($name) AS wanted
MATCH (n:Method|Dataset|Metric|Task)
WHERE toLower(n.name) = wanted OR any(a IN n.aliases WHERE toLower(a) = wanted)
WITH n
MATCH (n)<--(p:Paper)
WITH n, count(DISTINCT p.id) AS papers
RETURN n.id AS id, n.name AS name, n.aliases AS aliases, n.unit AS unit, n.higherIsBetter AS higherIsBetter, papers
ORDER BY papers DESC, id

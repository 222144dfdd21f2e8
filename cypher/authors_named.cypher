// Which authors have this name, in whatever case?
// $name: string = "Ashish Vaswani"
// columns: id, name, papers
WITH toLower($name) AS wanted
MATCH (a:Author)
WHERE toLower(a.name) = wanted
MATCH (a)-[:WROTE]->(p:Paper)
WITH a, count(DISTINCT p.id) AS papers
RETURN a.id AS id, a.name AS name, papers
ORDER BY papers DESC, id

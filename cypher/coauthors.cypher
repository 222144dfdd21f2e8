// With whom does an author write?
// $author: author = "Ashish Vaswani"
// columns: author, papers
MATCH (a:Author {id: $author})
WITH a
MATCH (a)-[:WROTE]->(p:Paper)<-[:WROTE]-(b:Author)
WHERE b.id <> a.id
WITH b.id AS id, b.name AS author, count(DISTINCT p.id) AS papers
RETURN author, papers
ORDER BY papers DESC, id

// What has an author written?
// $author: author = "Ashish Vaswani"
// columns: paper, title, year, position
MATCH (a:Author {id: $author})
WITH a
MATCH (a)-[w:WROTE]->(p:Paper)
RETURN p.id AS paper, p.title AS title, p.year AS year, w.position AS position
ORDER BY coalesce(p.year, 0) DESC, p.id

// Which papers have these words in their title?
// $words: string = "attention"
// $limit: int = 50
// columns: paper, title, year
WITH toLower($words) AS wanted
MATCH (p:Paper)
WHERE toLower(p.title) CONTAINS wanted
RETURN p.id AS paper, p.title AS title, p.year AS year
ORDER BY coalesce(p.year, 0) DESC, p.id
LIMIT $limit

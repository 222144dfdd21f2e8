// How many new methods did papers propose each month?
// $year: int = 0, this year or later
// columns: month, methods, papers
// Papers without a date are left out.
MATCH (p:Paper)-[:PROPOSES]->(x:Method)
WHERE p.date IS NOT NULL AND p.year >= $year
WITH left(p.date, 7) AS month, count(DISTINCT x.id) AS methods, count(DISTINCT p.id) AS papers
RETURN month, methods, papers
ORDER BY month

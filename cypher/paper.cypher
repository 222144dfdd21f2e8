// What is known about a paper?
// $paper: paper = "attention-is-all-you-need"
// columns: id, title, abstract, year, date, venue, url, doi, arxiv, source, upvotes
MATCH (p:Paper {id: $paper})
RETURN p.id AS id, p.title AS title, p.abstract AS abstract, p.year AS year, p.date AS date, p.venue AS venue,
  p.url AS url, p.doi AS doi, p.arxiv AS arxiv, p.source AS source, p.upvotes AS upvotes
ORDER BY id

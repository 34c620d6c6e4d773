// How the book's search ranks. Sphinx puts this text into its own script.
// A page or section whose title says what was asked for comes before one that only mentions it;
// by itself Sphinx gives a title that holds the whole query no more than a page with both words.
var Scorer = {
  score: ([_page, title, _anchor, _description, score]) => {
    const asked = (new URLSearchParams(location.search).get("q") || "").toLowerCase().trim();
    // A section's title stands behind its page's: "The forget gate > The exercise".
    const [page, section] = title.toLowerCase().split(" > ");
    if (!asked) return score;
    if (page.includes(asked) && !section) return score + 200;
    return (section || page).includes(asked) ? score + 100 : score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};

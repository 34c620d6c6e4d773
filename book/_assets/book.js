// Small comforts; the book is complete without them.

// What scrolls sideways can be reached with the keyboard, and only then (the theme does it for code).
// What is wider than its box says so with a shadow at its edge (look/text.css).
const scrollers = document.querySelectorAll(".pst-scrollable-table-container, div.math");
function reach(scroller) {
  const wide = scroller.scrollWidth > scroller.clientWidth + 1;
  scroller.classList.toggle("is-wide", wide);
  if (wide) scroller.tabIndex = 0;
  else scroller.removeAttribute("tabindex");
}
const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => reach(target)));
scrollers.forEach((scroller) => watch.observe(scroller));
// A font that arrives late makes the inside wider, not the box.
document.fonts.ready.then(() => scrollers.forEach(reach));

// Paper is light, and what is folded is open on it.
let onScreen = null;
function toPaper() {
  if (onScreen) return;
  const root = document.documentElement.dataset;
  const folded = [...document.querySelectorAll("article details:not([open])")];
  onScreen = { theme: root.theme, folded };
  root.theme = "light";
  for (const details of folded) details.open = true;
}
function toScreen() {
  if (!onScreen) return;
  document.documentElement.dataset.theme = onScreen.theme;
  for (const details of onScreen.folded) details.open = false;
  onScreen = null;
}
addEventListener("beforeprint", toPaper);
addEventListener("afterprint", toScreen);
matchMedia("print").addEventListener("change", ({ matches }) => (matches ? toPaper() : toScreen()));

// When the search is closed, the focus goes back to where it was.
const search = document.querySelector(".search-button__wrapper");
if (search) {
  let before = null;
  let open = false;
  for (const kind of ["focusin", "pointerdown"])
    addEventListener(kind, ({ target }) => {
      const place = target.closest?.("a, button, summary, input, [tabindex]");
      if (!open && place && !search.contains(place)) before = place;
    });
  new MutationObserver(() => {
    const shown = search.classList.contains("show");
    if (open && !shown) before?.focus({ preventScroll: true });
    open = shown;
  }).observe(search, { attributeFilter: ["class"] });
}

// A result of the search shows the page's words: each formula once, and no list of contents.
if (typeof Search !== "undefined")
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article.bd-article");
    if (!article) return "";
    const unread = ".headerlink, script, style, svg, annotation, .katex-html, .visually-hidden";
    for (const part of article.querySelectorAll(unread)) part.remove();
    const found = (anchor && article.querySelector(anchor)) || article;
    return found.textContent.replace(/\s+/g, " ").trim();
  };

// Two small comforts; the book is complete without them.

// What scrolls sideways can be reached with the keyboard, and only then (the theme does it for code).
const scrollers = document.querySelectorAll(".pst-scrollable-table-container, div.math");
function reach(scroller) {
  if (scroller.scrollWidth > scroller.clientWidth + 1) scroller.tabIndex = 0;
  else scroller.removeAttribute("tabindex");
}
const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => reach(target)));
scrollers.forEach((scroller) => watch.observe(scroller));
// A font that arrives late makes the inside wider, not the box.
document.fonts.ready.then(() => scrollers.forEach(reach));

// Folded answers are open on paper.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("article details:not([open])")];
  for (const details of folded) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of folded) details.open = false;
});

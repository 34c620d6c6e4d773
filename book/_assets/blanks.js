// Blanks that the page checks. Where this does not run, a blank is a line to write on, and the
// answers are folded below (book/_ext/blanks.py).

for (const box of document.querySelectorAll(".blanks")) {
  const said = document.createElement("p");
  said.className = "blanks-said";
  said.setAttribute("role", "status");
  said.textContent = "Fill in a field, then press Enter.";
  const show = document.createElement("button");
  show.type = "button";
  show.className = "blanks-show";
  show.hidden = true;
  const foot = document.createElement("div");
  foot.className = "blanks-foot";
  foot.append(said, show);

  const fields = [...box.querySelectorAll(":scope .blank")]
    .filter((place) => !place.closest("details"))
    .map((place) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, size: 7 });
      input.setAttribute("aria-label", place.dataset.name);
      const mark = document.createElement("span");
      mark.className = "blank-mark";
      mark.setAttribute("aria-hidden", "true");
      const line = document.createElement("span");
      line.className = "blank-line";
      line.append(...place.childNodes);
      place.append(line, mark, input);
      return { ...place.dataset, place, input, mark, tries: 0, last: "", right: false };
    });

  function tell(field, right, words, mark) {
    field.right = right;
    field.place.dataset.state = right ? "right" : "open";
    field.input.setAttribute("aria-invalid", String(!right));
    field.mark.textContent = mark;
    const all = fields.every((each) => each.right);
    said.textContent = `${field.name}: ${words}${all ? " That was the last one." : ""}`;
  }

  function check(field) {
    const typed = field.input.value.trim();
    if (typed === "" || typed === field.last) return;
    field.last = typed;
    show.hidden = true;
    const number = Number(typed.replace(/[−–]/g, "-").replace(",", "."));
    if (Number.isNaN(number)) {
      tell(field, false, "this is not a number. Write it like −0.52.", "?");
    } else if (Math.abs(number - field.value) <= field.within) {
      tell(field, true, "yes.", "✓");
    } else {
      field.tries += 1;
      tell(field, false, `not yet. Look at ${field.look}.`, "?");
      if (field.tries < 2) return;
      show.hidden = false;
      show.textContent = `Show me: ${field.name}`;
      show.onclick = () => {
        field.input.value = field.last = field.answer;
        tell(field, true, `it is ${field.answer}.`, "✓");
        show.hidden = true;
        field.input.focus();
      };
    }
  }

  for (const field of fields) field.input.addEventListener("change", () => check(field));
  box.querySelector(".blanks-answers").before(foot);
  box.classList.add("is-live");
}

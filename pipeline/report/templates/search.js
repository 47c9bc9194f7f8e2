"use strict";
(() => {
  const form = document.getElementById("search");
  const count = document.getElementById("found");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const names = [...document.querySelectorAll("#authors option")].map((one) => plain(one.value));
  const years = [...document.querySelectorAll("section.year")];
  const others = document.querySelectorAll("main > section:not(.year), main > nav, main > .note");
  const papers = years.flatMap((year) =>
    [...year.querySelectorAll(".papers > li")].map((item) => ({ item, year, words: "" })));

  const tagged = (part) => {
    const words = plain(part).split(/\s+/).filter(Boolean);
    const tags = new Set();
    names.forEach((name, at) => {
      if (words.every((word) => name.includes(word))) tags.add("a" + at.toString(36));
    });
    return tags;
  };

  const update = () => {
    const words = plain(form.q.value).split(/\s+/).filter(Boolean);
    const author = form.author && form.author.value.trim() ? tagged(form.author.value) : null;
    const chosen = [...form.querySelectorAll("select")].filter((one) => one.value);
    const active = words.length > 0 || author !== null || chosen.length > 0;
    const byName = words.map(tagged);
    const shown = new Map(years.map((year) => [year, 0]));
    let total = 0;
    for (const paper of papers) {
      const tags = (paper.item.dataset.t || "").split(" ");
      paper.words ||= plain(paper.item.textContent);
      const fits =
        words.every((word, at) =>
          paper.words.includes(word) || tags.some((tag) => byName[at].has(tag))) &&
        (author === null || tags.some((tag) => author.has(tag))) &&
        chosen.every((one) =>
          one.name === "year"
            ? paper.year.firstElementChild.id === one.value
            : tags.includes(one.value));
      paper.item.hidden = !fits;
      if (fits) {
        total += 1;
        shown.set(paper.year, shown.get(paper.year) + 1);
      }
    }
    for (const [year, number] of shown) year.hidden = number === 0;
    for (const other of others) other.hidden = active;
    form.querySelector("button").hidden = !active;
    const of = papers.length.toLocaleString("en");
    const unknown = total === 0 && words.length > 0 && author === null && chosen.length === 0;
    count.textContent = unknown
      ? "No paper has these words in its title, first sentence or authors; its page may."
      : active
      ? `${total.toLocaleString("en")} of ${of} ${papers.length === 1 ? "paper" : "papers"}`
      : "";
  };

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 120);
  };
  form.addEventListener("input", soon);
  form.addEventListener("reset", () => {
    form.q.focus();
    setTimeout(update);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    update();
  });
  form.hidden = false;
  update();
})();

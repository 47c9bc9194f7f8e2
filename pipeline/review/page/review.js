"use strict";
// Claim by claim: j/k to move, a/e/r to decide, n for a note, u to undo, f to see what needs eyes,
// g for the next page.
(() => {
  const told = JSON.parse(document.getElementById("review-state").textContent);
  const { claims } = told;
  const spots = [...document.querySelectorAll("[id^=c]")].filter((spot) => known(spot));
  if (!("of" in told)) return;
  const elsewhere = told.reviewed - spots.filter((spot) => !open(spot)).length;
  const given = []; // spots in the order of this visit's verdicts
  let only = false;
  let here = null;
  let waiting = Promise.resolve();

  function known(spot) {
    return Object.hasOwn(claims, spot.id.slice(1));
  }

  function claimOf(spot) {
    return claims[spot.id.slice(1)];
  }

  // --- The bar ---------------------------------------------------------------------------

  function made(name, words, attributes = {}) {
    const node = document.createElement(name);
    node.textContent = words;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  }

  const bar = made("div", "", { id: "review", role: "region", "aria-label": "Review" });
  const count = made("span", "");
  const progress = made("progress", "", { "aria-label": "Claims reviewed" });
  const state = made("p", "", { role: "status" });
  const fault = made("p", "", { role: "alert" });
  const writing = made("div", "");
  const keys = made("p", "");
  const buttons = {};
  const actions = {
    j: ["next", () => move(1)],
    k: ["back", () => move(-1)],
    a: ["accept", () => decide("accepted")],
    e: ["edit", edit],
    r: ["reject", () => decide("rejected")],
    n: ["note", note],
    u: ["undo", undo],
    f: ["only what needs eyes", filter],
  };
  if (!spots.length) for (const key of Object.keys(actions)) delete actions[key];
  for (const [key, [words, act]] of Object.entries(actions)) {
    const button = made("button", "", { type: "button", "aria-keyshortcuts": key });
    button.append(made("kbd", key), ` ${words}`);
    button.addEventListener("click", act);
    buttons[key] = button;
    keys.append(button);
  }
  if (buttons.f) buttons.f.setAttribute("aria-pressed", "false");
  const top = made("p", "");
  top.append(progress, " ", count);
  if (told.next) {
    const [href, label] = told.next;
    const link = made("a", "", { href, "aria-keyshortcuts": "g" });
    link.append(made("kbd", "g"), ` next page: ${label}`);
    actions.g = ["", () => link.click()];
    top.append(" ", link);
  }
  bar.append(top, state, fault, writing, keys);
  document.body.append(bar);

  // --- Moving ----------------------------------------------------------------------------

  function open(spot) {
    return !claimOf(spot).verdict;
  }

  // All claims as they stand on the page; or those to be read, what was reworded first.
  function queue() {
    if (!only) return spots;
    const left = spots.filter((spot) => open(spot) || spot === here);
    return left.sort((one, other) => claimOf(one).weight - claimOf(other).weight);
  }

  function move(step) {
    const line = queue();
    const at = line.indexOf(here);
    const next = here ? at + step : 0;
    if (line[next]) go(line[next]);
    else tell(step > 0 ? "That was the last claim of this page." : "This is the first claim.");
  }

  function go(spot) {
    if (here) here.removeAttribute("aria-current");
    here = spot;
    for (let up = spot.parentElement; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
    }
    spot.setAttribute("aria-current", "true");
    spot.focus({ preventScroll: true });
    spot.scrollIntoView({ block: "center" });
    close();
    const { before } = claimOf(spot);
    if (before) tell(`The source changed. Approved before: ${before}`);
    show();
  }

  function filter() {
    only = !only;
    buttons.f.setAttribute("aria-pressed", String(only));
    here = only && here && !open(here) ? leave() : here;
    const first = queue()[0];
    if (only && first) go(first);
    else if (only) tell("Every claim of this page was reviewed.");
    show();
  }

  function leave() {
    here.removeAttribute("aria-current");
    return null;
  }

  // --- Deciding --------------------------------------------------------------------------

  function decide(verdict, more = {}) {
    if (!here) return tell("Choose a claim first: j.");
    const spot = here;
    const claim = claimOf(spot);
    const note = claim.note ? { note: claim.note } : {};
    const body = { claim: spot.id.slice(1), verdict, ...note, ...more };
    waiting = waiting.then(() => send(spot, body)); // one after the other, in the order of the keys
    if (verdict !== "withdrawn") {
      given.push(spot);
      move(1); // at once, so that the next key is about the next claim
    }
    return waiting;
  }

  async function send(spot, body) {
    let answer;
    try {
      const reply = await fetch("/verdicts", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      answer = await reply.json();
    } catch {
      answer = { error: "The server does not answer; this verdict was not kept." };
    }
    if (!answer.failed && !answer.error) return done(spot, body, answer);
    if (given.includes(spot)) given.splice(given.lastIndexOf(spot), 1);
    return answer.failed ? refused(spot, body, answer.failed) : failed(spot, answer.error);
  }

  function failed(spot, words) {
    go(spot);
    complain(words);
  }

  function done(spot, body, answer) {
    const claim = claimOf(spot);
    claim.verdict = answer.verdict;
    claim.text = answer.text;
    if (body.verdict === "edited" || body.verdict === "withdrawn") print(spot, answer.printed);
    mark(spot);
    const later = answer.later ? " A run is writing; the page shows it after that." : "";
    const overruled = answer.overruled.length ? ` Overruled: ${answer.overruled.join(", ")}.` : "";
    tell(`The claim was ${body.verdict === "withdrawn" ? "left open again" : body.verdict}.${overruled}${later}`);
  }

  function print(spot, words) {
    if (spot.tagName !== "TR") spot.textContent = words;
  }

  function mark(spot) {
    const { verdict } = claimOf(spot);
    if (verdict) spot.dataset.verdict = verdict;
    else delete spot.dataset.verdict;
    show();
  }

  function refused(spot, body, failed) {
    go(spot);
    write("Other words", body.text, (text) => decide("edited", { text }), {
      words: "Stand by it",
      act: (text) => decide("edited", { text, overrule: true }),
    });
    complain(`The new words fail a check:\n${failed.join("\n")}`);
  }

  function edit() {
    if (!here) return tell("Choose a claim first: j.");
    if (!claimOf(here).editable) {
      return complain("A computed claim is counted anew by each run: accept or reject it.");
    }
    return write("New words", claimOf(here).text, (text) => decide("edited", { text }));
  }

  function note() {
    if (!here) return tell("Choose a claim first: j.");
    const claim = claimOf(here);
    return write("Note", claim.note || "", (text) => {
      claim.note = text;
      const { verdict } = claim;
      if (!verdict) return tell("The note goes with the verdict.");
      return decide(verdict, verdict === "edited" ? { text: claim.text, overrule: true } : {});
    });
  }

  function undo() {
    let spot = here;
    if (!spot || !claimOf(spot).verdict) spot = given.pop();
    if (!spot) return tell("There is nothing to undo.");
    go(spot);
    return decide("withdrawn");
  }

  // --- Writing and telling ---------------------------------------------------------------

  function write(words, text, done, other) {
    close();
    const label = made("label", `${words} (Enter keeps, Escape leaves)`, { for: "review-words" });
    const field = made("textarea", "", { id: "review-words", rows: 2, maxlength: 2000 });
    field.value = text;
    const finish = (act) => {
      const kept = field.value.trim();
      leaveField();
      if (kept) act(kept);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leaveField();
      else if (event.key === "Enter" && !event.isComposing) finish(done);
      else return;
      event.preventDefault();
    });
    writing.append(label, field);
    if (other) {
      const button = made("button", other.words, { type: "button" });
      button.addEventListener("click", () => finish(other.act));
      writing.append(button);
    }
    field.focus();
  }

  function leaveField() {
    close();
    if (here) here.focus({ preventScroll: true });
  }

  function close() {
    writing.replaceChildren();
    fault.textContent = "";
  }

  function complain(words) {
    fault.textContent = words;
  }

  function tell(words) {
    fault.textContent = "";
    state.textContent = words;
  }

  function show() {
    const left = spots.filter(open);
    const eyes = left.filter((spot) => claimOf(spot).weight < 2).length;
    const done = spots.length - left.length;
    progress.max = spots.length || told.of || 1;
    progress.value = spots.length ? done : told.reviewed;
    const all = `${elsewhere + done} of ${told.of} claims of all pages reviewed`;
    const own = `${done} of ${spots.length} reviewed here`;
    const weak = eyes ? `, ${eyes} left that were reworded or stand in for a refused one` : "";
    count.textContent = spots.length ? `${own}${weak}; ${all}.` : `${all}.`;
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight + 16}px`);
  }

  // --- Begin -----------------------------------------------------------------------------

  for (const spot of spots) {
    spot.dataset.claim = "";
    spot.tabIndex = -1;
    spot.addEventListener("click", () => go(spot));
    mark(spot);
  }
  show();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (/^(TEXTAREA|INPUT|SELECT)$/.test(event.target.tagName)) return;
    const action = Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action[1]();
  });
})();

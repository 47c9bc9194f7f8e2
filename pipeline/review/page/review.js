"use strict";
// Claim by claim: j/k to move, a/e/r to decide, n for a note, u to undo, f to see what needs eyes,
// g for the next page.
(() => {
  const told = JSON.parse(document.getElementById("review-state").textContent);
  const { claims, rejected } = told;
  const spots = [...document.querySelectorAll("[id^=c]")].filter((spot) => known(spot));
  if (!("of" in told)) return;
  const elsewhere = told.reviewed - done();
  const EDGE = 2; // the weight from which on a claim needs no eyes of its own
  const PAUSE = 600; // milliseconds without a key after a refusal, until keys count again
  let given = []; // spots in the order of this visit's verdicts
  let only = false;
  let here = null;
  let deaf = 0; // until then keys are ignored
  let waiting = Promise.resolve();

  function known(spot) {
    return Object.hasOwn(claims, spot.id.slice(1));
  }

  function claimOf(spot) {
    return claims[spot.id.slice(1)];
  }

  function open(spot) {
    return !claimOf(spot).verdict;
  }

  // How many claims were reviewed: of those that stand here, and those that were rejected before.
  function done() {
    return spots.filter((spot) => !open(spot)).length + rejected.length;
  }

  // --- The bar ---------------------------------------------------------------------------

  function made(name, words, attributes = {}) {
    const node = document.createElement(name);
    node.textContent = words;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  }

  function button(words, act, attributes = {}) {
    const node = made("button", words, { type: "button", ...attributes });
    node.addEventListener("click", act);
    return node;
  }

  const bar = made("div", "", { id: "review", role: "region", "aria-label": "Review" });
  const count = made("span", "");
  const progress = made("progress", "", { "aria-label": "Claims reviewed" });
  const state = made("p", "", { role: "status" });
  const fault = made("p", "", { role: "alert" });
  const writing = made("div", "");
  const keys = made("p", "", { class: "keys" });
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
  if (!spots.length) {
    for (const key of Object.keys(actions)) if (key !== "u" || !rejected.length) delete actions[key];
  }
  for (const [key, [words, act]] of Object.entries(actions)) {
    buttons[key] = button("", act, { "aria-keyshortcuts": key });
    buttons[key].append(made("kbd", key), ` ${words}`);
    keys.append(buttons[key]);
  }
  if (buttons.f) buttons.f.setAttribute("aria-pressed", "false");
  const top = made("p", "");
  top.append(progress, " ", count);
  if (told.next) {
    const [href, label] = told.next;
    const link = made("a", "", { href, "aria-keyshortcuts": "g" });
    link.append(made("kbd", "g"), ` next page: ${label}`);
    actions.g = ["", () => inTurn(() => link.click())]; // no verdict is left behind
    top.append(" ", link);
  }
  bar.append(top, ...(rejected.length ? [fold()] : []), state, fault, writing, keys);
  document.body.append(bar);

  // What was rejected in earlier visits, and is on the page no more.
  function fold() {
    const list = document.createElement("ul");
    list.append(...rejected.map(entry));
    const found = document.createElement("details");
    found.append(made("summary", `Rejected here: ${rejected.length}`), list);
    return found;
  }

  function entry(one) {
    const back = () => inTurn(() => restore(one));
    const why = one.note ? `: ${one.note}` : "";
    const item = made("li", `${one.text} (${one.who}${why}) `);
    item.append(button("undo", back, { "aria-label": `undo: ${one.text}` }));
    return item;
  }

  // --- Moving ----------------------------------------------------------------------------

  function weak(spot) {
    return claimOf(spot).weight < EDGE;
  }

  // All claims as they stand on the page; or those that need eyes, what was reworded first.
  function queue() {
    if (!only) return spots;
    const left = spots.filter((spot) => weak(spot) && (open(spot) || spot === here));
    return left.sort((one, other) => claimOf(one).weight - claimOf(other).weight);
  }

  function move(step) {
    const line = queue();
    const at = line.indexOf(here);
    const next = at < 0 ? 0 : at + step;
    if (line[next]) go(line[next]);
    else tell(ended(line, step));
  }

  function ended(line, step) {
    if (only && !line.some(open)) return "No claim is left here that needs eyes.";
    const which = only ? "that needs eyes" : "of this page";
    return `${step > 0 ? "That was the last" : "This is the first"} claim ${which}.`;
  }

  function go(spot) {
    if (here) here.removeAttribute("aria-current");
    here = spot;
    for (let up = spot.parentElement; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
    }
    spot.setAttribute("aria-current", "true");
    spot.focus({ preventScroll: true });
    close();
    const { before, said } = claimOf(spot);
    tell(said || (before ? `The source changed. Approved before: ${before}` : ""));
    show();
    spot.scrollIntoView({ block: "center" });
  }

  function filter() {
    only = !only;
    buttons.f.setAttribute("aria-pressed", String(only));
    const first = queue().find(open);
    if (only && first) go(first);
    else tell(only ? ended([], 1) : "");
    show();
  }

  // --- Deciding --------------------------------------------------------------------------

  // Verdicts are sent one after the other, in the order of the keys.
  function inTurn(act) {
    waiting = waiting.then(act);
    return waiting;
  }

  function decide(verdict, more = {}) {
    if (!here) return tell("Choose a claim first: j.");
    close();
    const spot = here;
    const claim = claimOf(spot);
    if (verdict === "rejected" && claim.needed) {
      return complain("This says why its paper is shown, and cannot go without it: accept or edit it.");
    }
    // What was typed about a claim before an answer that refuses is not meant any more.
    const { refusals } = claim;
    return inTurn(() => claim.refusals === refusals && judge(spot, verdict, more));
  }

  async function judge(spot, verdict, more) {
    const claim = claimOf(spot);
    if (claim.verdict && claim.verdict !== verdict) claim.note = ""; // it was about that verdict
    const note = claim.note ? { note: claim.note } : {};
    const answer = await ask({ claim: claim.id, verdict, ...note, ...more });
    if (answer.failed) refused(spot, more.text, answer.failed);
    else if (answer.error) failed(spot, answer.error);
    else settle(spot, verdict, answer);
  }

  async function ask(body) {
    try {
      const reply = await fetch("/verdicts", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      return await reply.json();
    } catch {
      return { error: "The server does not answer; this verdict was not kept." };
    }
  }

  function failed(spot, words) {
    claimOf(spot).refusals += 1;
    go(spot);
    complain(words);
  }

  function refused(spot, text, reasons) {
    claimOf(spot).refusals += 1;
    go(spot);
    write("Other words", text, keepEdit, {
      words: "Stand by it",
      act: (other) => keepEdit(other, { overrule: true }),
    });
    complain(`The new words fail a check:\n${reasons.join("\n")}`);
  }

  function settle(spot, verdict, answer) {
    const { claim, text, printed } = answer;
    Object.assign(claimOf(spot), { id: claim, text, verdict: answer.verdict });
    given = given.filter((one) => one !== spot);
    if (answer.verdict) given.push(spot);
    print(spot, printed);
    mark(spot);
    show();
    say(spot, outcome(verdict, answer));
  }

  function outcome(verdict, { overruled, instead, later }) {
    const back = verdict === "withdrawn";
    const words = [`The claim was ${back ? "left open again" : verdict}.`];
    if (instead) {
      const now = back ? "that is taken back now" : "your verdict stands now";
      words.push(`${instead.who} had ${instead.verdict} it (${instead.at}); ${now}.`);
    }
    if (overruled.length) words.push(`Overruled: ${overruled.join(", ")}.`);
    if (later) words.push("A run is writing; the page shows it after the run.");
    return words.join(" ");
  }

  function print(spot, words) {
    if (spot.tagName !== "TR") spot.textContent = words;
  }

  function mark(spot) {
    const { verdict } = claimOf(spot);
    if (verdict) spot.dataset.verdict = verdict;
    else delete spot.dataset.verdict;
  }

  function edit() {
    if (!here) return tell("Choose a claim first: j.");
    if (!claimOf(here).editable) {
      return complain("A computed claim is counted anew by each run: accept or reject it.");
    }
    return write("New words", claimOf(here).text, keepEdit);
  }

  function keepEdit(text, more = {}) {
    if (text === joined(claimOf(here).text)) {
      return tell("Nothing was changed; a accepts it as it is.");
    }
    return decide("edited", { text, ...more });
  }

  function note() {
    if (!here) return tell("Choose a claim first: j.");
    const spot = here;
    return write("Note", claimOf(spot).note || "", (text) => inTurn(() => keepNote(spot, text)));
  }

  function keepNote(spot, text) {
    const claim = claimOf(spot);
    claim.note = text;
    const { verdict } = claim;
    if (!verdict) return say(spot, "The note goes with the verdict.");
    return judge(spot, verdict, verdict === "edited" ? { text: claim.text, overrule: true } : {});
  }

  function undo() {
    const spot = here;
    return inTurn(() => takeBack(spot));
  }

  // The verdict on the claim that was selected, or else the last of this visit, or of any.
  function takeBack(spot) {
    const one = spot && !open(spot) ? spot : given.at(-1);
    if (!one) return rejected.length ? restore(rejected.at(-1)) : tell("There is nothing to undo.");
    if (here === spot && one !== spot) go(one);
    return judge(one, "withdrawn", {});
  }

  async function restore(one) {
    const answer = await ask({ claim: one.claim, verdict: "withdrawn" });
    if (answer.error) complain(answer.error);
    else location.reload();
  }

  // --- Writing and telling ---------------------------------------------------------------

  function write(words, text, keep, other) {
    close();
    const keysToo = "Enter keeps, Shift+Enter is a new line, Escape leaves";
    const label = made("label", `${words} (${keysToo})`, { for: "review-words" });
    const field = made("textarea", "", { id: "review-words", rows: 2, maxlength: 2000 });
    field.value = text;
    const finish = (act) => {
      const kept = joined(field.value);
      leaveField();
      if (kept) act(kept);
      else tell("Nothing was written, so that nothing is kept.");
    };
    const form = document.createElement("div");
    form.append(label, field, ...(other ? [button(other.words, () => finish(other.act))] : []));
    form.addEventListener("keydown", (event) => fieldKey(event, field, () => finish(keep)));
    writing.append(form);
    bar.dataset.writing = "";
    field.focus();
    fit();
  }

  function fieldKey(event, field, finish) {
    const keeps = event.key === "Enter" && event.target === field && !event.shiftKey;
    if (event.isComposing) return;
    if (event.key === "Escape") leaveField();
    else if (keeps) finish();
    else return;
    event.preventDefault();
  }

  function joined(text) {
    return text.trim().replace(/\s+/g, " ");
  }

  function leaveField() {
    close();
    if (here) here.focus({ preventScroll: true });
  }

  function close() {
    writing.replaceChildren();
    delete bar.dataset.writing;
    fault.textContent = "";
  }

  function isWriting() {
    return "writing" in bar.dataset;
  }

  // Where no field takes them, keys of somebody who expected one are ignored.
  function complain(words) {
    state.textContent = "";
    fault.textContent = words;
    if (!isWriting()) deaf = performance.now() + PAUSE;
    fit();
  }

  function tell(words) {
    fault.textContent = "";
    state.textContent = words;
    fit();
  }

  // What is said of a claim is told while it is selected.
  function say(spot, words) {
    claimOf(spot).said = words;
    if (spot === here) tell(words);
  }

  function show() {
    const own = spots.length + rejected.length;
    progress.max = own || told.of || 1;
    progress.value = own ? done() : told.reviewed;
    count.textContent = counted();
    offer("r", !here || !claimOf(here).needed);
    offer("e", !here || claimOf(here).editable);
    fit();
  }

  function counted() {
    const own = spots.length + rejected.length;
    const all = `${elsewhere + done()} of ${told.of} claims of all pages reviewed`;
    if (!own) return `${all}.`;
    const eyes = spots.filter((spot) => open(spot) && weak(spot)).length;
    const left = "left that were reworded, stand in for a refused one, or lost their sentence";
    return `${done()} of ${own} reviewed here${eyes ? `, ${eyes} ${left}` : ""}; ${all}.`;
  }

  function offer(key, possible) {
    if (buttons[key]) buttons[key].setAttribute("aria-disabled", String(!possible));
  }

  // Let neither the end of the page nor what is edited lie under the bar.
  function fit() {
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight + 16}px`);
    if (!isWriting()) return;
    writing.scrollIntoView({ block: "nearest" });
    if (here) here.scrollIntoView({ block: "nearest" });
  }

  // --- Begin -----------------------------------------------------------------------------

  for (const spot of spots) {
    spot.dataset.claim = "";
    spot.tabIndex = -1;
    spot.addEventListener("click", () => go(spot));
    Object.assign(claimOf(spot), { id: spot.id.slice(1), refusals: 0 });
    mark(spot);
  }
  show();
  new ResizeObserver(fit).observe(bar);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (/^(TEXTAREA|INPUT|SELECT)$/.test(event.target.tagName)) return;
    if (writing.contains(event.target) || isDeaf()) return;
    const action = Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action[1]();
  });

  // Each key of somebody who goes on typing prolongs the silence.
  function isDeaf() {
    const now = performance.now();
    if (now >= deaf) return false;
    deaf = now + PAUSE;
    return true;
  }
})();

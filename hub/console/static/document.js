/* The document stays in the browser until it is checked or put in force; only the lines that are
   seen have their numbers drawn. What comes from the hub is set as text, never as markup. */
const API = "/api/v1/rules";
const KEPT = "foyer-document";
const KEPT_AFTER_MS = 600;
const part = (name) => document.getElementById(`document-${name}`);

function made(tag, classes, content) {
  const one = document.createElement(tag);
  one.className = classes;
  one.textContent = content ?? "";
  return one;
}

class Editor {
  constructor() {
    this.area = part("text");
    this.lines = [0];
    this.live = "";
    this.version = 0;
    this.marked = new Map();
    this.lineHeight = parseFloat(getComputedStyle(this.area).lineHeight);
    this.padding = parseFloat(getComputedStyle(this.area).paddingTop);
    this.area.addEventListener("scroll", () => this.number());
    this.area.addEventListener("input", () => this.changed());
    this.area.addEventListener("keydown", (event) => this.indent(event));
    new ResizeObserver(() => this.number()).observe(this.area);
    for (const name of ["check", "diff", "publish", "discard"]) {
      part(name).addEventListener("click", () => this.once(name));
    }
    window.addEventListener("beforeunload", (event) => {
      if (this.isChanged) event.preventDefault();
    });
  }

  get isChanged() { return this.area.value !== this.live; }

  async start() {
    const answer = await fetch(`${API}/document`);
    if (!answer.ok) { this.lead((await answer.json()).message); return; }
    this.version = Number(answer.headers.get("foyer-version"));
    this.live = await answer.text();
    const kept = this.kept();
    this.set(kept ? kept.text : this.live);
    if (kept) this.version = kept.version;
    this.toRule(decodeURIComponent(location.hash.slice(1)));
  }

  set(text) {
    this.area.value = text;
    this.changed();
  }

  changed() {
    this.lines = null;
    this.marked.clear();
    this.number();
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(), KEPT_AFTER_MS);
    this.tell();
  }

  tell() {
    const state = this.isChanged ? "changed here, not in force" : "as it is in force";
    this.lead(`Based on version ${this.version}: ${state}.`);
    part("discard").classList.toggle("gone", !this.isChanged);
  }

  lead(sentence) { part("lead").textContent = sentence; }

  keep() {
    try {
      if (this.isChanged) {
        sessionStorage.setItem(KEPT, JSON.stringify({ text: this.area.value, version: this.version }));
      } else {
        sessionStorage.removeItem(KEPT);
      }
    } catch { /* too long to be kept by the browser: it asks before the page is left */ }
  }

  kept() {
    try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return null; }
  }

  starts() {
    if (this.lines) return this.lines;
    this.lines = [0];
    const text = this.area.value;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.lines.push(at + 1);
    }
    return this.lines;
  }

  number() {
    const gutter = part("gutter");
    const first = Math.max(0, Math.floor((this.area.scrollTop - this.padding) / this.lineHeight));
    const shown = Math.ceil(this.area.clientHeight / this.lineHeight) + 1;
    const last = Math.min(this.starts().length, first + shown);
    const rows = [];
    for (let line = first + 1; line <= last; line += 1) {
      rows.push(made("div", `code-line ${this.marked.get(line) ?? ""}`, String(line)));
    }
    gutter.replaceChildren(...rows);
    gutter.style.setProperty("--shift", `${this.padding + first * this.lineHeight - this.area.scrollTop}px`);
  }

  indent(event) {
    if (event.key !== "Tab" || event.shiftKey || event.altKey || event.ctrlKey) return;
    event.preventDefault();
    document.execCommand("insertText", false, "  ");
  }

  toLine(line, column = 1) {
    const starts = this.starts();
    const at = starts[Math.min(line, starts.length) - 1];
    const end = starts[line] === undefined ? this.area.value.length : starts[line] - 1;
    this.area.focus();
    this.area.setSelectionRange(at + column - 1, end);
    this.area.scrollTop = (line - 1) * this.lineHeight - this.area.clientHeight / 3;
    this.area.scrollLeft = 0;
    this.number();
  }

  toRule(name) {
    if (!name) return;
    const at = this.area.value.indexOf(`- name: ${name}\n`);
    if (at >= 0) this.toLine(this.starts().findLastIndex((start) => start <= at) + 1);
  }

  async once(name) {
    const button = part(name);
    if (button.disabled) return;
    button.disabled = true;
    part("aside").textContent = "one moment";
    try { await this[name](); } catch (error) { this.say(made("div", "finding error", String(error))); }
    button.disabled = false;
    if (part("aside").textContent === "one moment") part("aside").textContent = "";
  }

  say(...rows) { part("said").replaceChildren(...rows); }

  async send(path) {
    const answer = await fetch(path, {
      method: "POST", body: this.area.value, headers: { "content-type": "application/yaml" },
    });
    const body = await answer.json();
    return { ok: answer.ok, status: answer.status, body };
  }

  async ask() {
    const { ok, body } = await this.send(`${API}/check`);
    if (!ok) { this.say(made("div", "finding error", body.message)); return null; }
    this.marked = new Map(body.findings.toReversed().map((one) => [one.line, one.severity]));
    this.number();
    return body;
  }

  findings(body) {
    return body.findings.map((one) => {
      const row = made("button", `finding ${one.severity}`);
      row.type = "button";
      row.append(made("span", "finding-line mono", `line ${one.line}`), made("span", "", one.message));
      if (one.hint) row.append(made("span", "finding-hint", one.hint));
      row.addEventListener("click", () => this.toLine(one.line, one.column));
      return row;
    });
  }

  changes(body) {
    const rows = body.changes.map((one) => {
      const row = made("div", `change ${one.kind}`, one.sentence);
      if (one.part === "audience" && one.name in body.members) {
        row.append(made("span", "finding-hint", `${body.members[one.name]} people belong to it now`));
      }
      return row;
    });
    if (body.total > rows.length) {
      rows.push(made("div", "finding-hint", `and ${body.total - rows.length} more`));
    }
    return rows;
  }

  async check() {
    const body = await this.ask();
    if (!body) return;
    const errors = body.findings.filter((one) => one.severity === "error").length;
    part("aside").textContent = errors ? `${errors} wrong` : "";
    const good = made("div", "finding good", `This can be put in force: ${body.rules} rules.`);
    this.say(...(body.right ? [good] : []), ...this.findings(body));
  }

  async diff() {
    const body = await this.ask();
    if (!body) return;
    if (!body.rules && !body.right) { this.say(...this.findings(body)); return; }
    const none = made("div", "finding good", "There is no difference to what is in force.");
    part("aside").textContent = `against version ${body.version}`;
    this.say(...(body.total ? this.changes(body) : [none]));
  }

  async publish() {
    const body = await this.ask();
    if (!body) return;
    if (!body.right) {
      this.say(made("div", "finding error", "It cannot be put in force yet."), ...this.findings(body));
      return;
    }
    const past = made("input", "");
    past.type = "checkbox";
    const label = made("label", "past");
    label.append(past, made("span", "", "Fire also for what lies in the past"));
    const yes = made("button", "btn main", `Publish as version ${body.version + 1}`);
    const no = made("button", "btn", "Not yet");
    yes.addEventListener("click", () => { yes.disabled = true; this.put(past.checked); });
    no.addEventListener("click", () => this.say());
    yes.disabled = body.total === 0;
    past.addEventListener("change", () => { yes.disabled = body.total === 0 && !past.checked; });
    const tools = made("div", "tools");
    tools.append(yes, no);
    const none = made("div", "finding good", "There is no difference to what is in force.");
    this.say(...(body.total ? [made("div", "finding-head", "This is what changes:")] : []),
      ...(body.total ? this.changes(body) : [none]), label, tools, ...this.findings(body));
    yes.focus();
  }

  async put(past) {
    const { ok, status, body } = await this.send(
      `${API}/document?based_on=${this.version}&past=${past}`);
    if (!ok) {
      const rows = [made("div", "finding error", body.message)];
      if (status === 409) rows.push(this.rebase());
      this.say(...rows);
      return;
    }
    this.say(made("div", "finding good", body.done ? `Done: ${body.message}.` : body.message));
    if (body.done) {
      this.version = body.version;
      this.live = this.area.value;
      this.keep();
      this.tell();
    }
  }

  rebase() {
    const button = made("button", "btn", "Base this on the version in force");
    button.addEventListener("click", async () => {
      const answer = await fetch(`${API}/document`);
      this.version = Number(answer.headers.get("foyer-version"));
      this.live = await answer.text();
      this.tell();
      await this.once("diff");
    });
    return button;
  }

  async discard() {
    sessionStorage.removeItem(KEPT);
    const answer = await fetch(`${API}/document`);
    this.version = Number(answer.headers.get("foyer-version"));
    this.live = await answer.text();
    this.set(this.live);
    this.say();
  }
}

function begin() {
  if (part("said") && part("text")) new Editor().start();
  else requestAnimationFrame(begin);
}
begin();

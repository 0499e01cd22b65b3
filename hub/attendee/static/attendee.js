// Keeps the page up to date, and sends what its owner changes. Asks this host only.
"use strict";

(() => {
  const EVERY_MS = 2000;
  const link = document.body.dataset.link;
  const live = document.getElementById("live");
  const FAILED = "That did not work. Please try again.";
  const saved = document.getElementById("saved");
  const consented = document.getElementById("consented");
  let gone = false;
  let tag = "";

  async function refresh() {
    if (document.hidden || gone) return;
    const answer = await fetch(`${link}/live`, { headers: tag ? { "If-None-Match": tag } : {} });
    if (answer.status !== 200) return;
    tag = answer.headers.get("ETag") || "";
    live.innerHTML = await answer.text();
  }

  async function post(path, body) {
    const answer = await fetch(`${link}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  const send = (change) => post("about", change);

  function loop() {
    refresh()
      .catch(() => undefined)
      .finally(() => setTimeout(loop, EVERY_MS));
  }

  const switches = [...document.querySelectorAll("[data-consent]")];
  for (const one of switches) {
    one.addEventListener("change", () => {
      const consents = switches.filter((it) => it.checked).map((it) => it.dataset.consent);
      consented.textContent = "";
      send({ consents })
        .then(() => (consented.textContent = "Saved."))
        .catch(() => {
          one.checked = !one.checked;
          consented.textContent = FAILED;
        });
    });
  }

  document.getElementById("about").addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const artists = form.artists.value.split(",").map((it) => it.trim()).filter(Boolean);
    send({ colour: form.colour.value, artists })
      .then(() => (saved.textContent = "Saved."))
      .catch(() => (saved.textContent = FAILED));
  });

  const quiet = document.getElementById("quiet");
  const quietSaved = document.getElementById("quiet-saved");
  function keepQuiet(from, until) {
    if (!from !== !until) {
      quietSaved.textContent = "Quiet hours need both: from when, and until when.";
      return;
    }
    const sentence = from ? `Saved: quiet from ${from} until ${until}.` : "Saved: no quiet hours.";
    send({ quiet_from: from, quiet_until: until })
      .then(() => (quietSaved.textContent = sentence))
      .catch(() => (quietSaved.textContent = FAILED));
  }
  quiet.addEventListener("submit", (event) => {
    event.preventDefault();
    keepQuiet(quiet.quiet_from.value, quiet.quiet_until.value);
  });
  document.getElementById("no-quiet").addEventListener("click", () => {
    quiet.quiet_from.value = "";
    quiet.quiet_until.value = "";
    keepQuiet("", "");
  });

  const forget = document.getElementById("forget");
  const forgetting = document.getElementById("forgetting");
  const typed = () => forget.confirm.value.trim().toLowerCase().replace(/\s+/g, " ");
  forget.confirm.addEventListener("input", () => {
    forget.querySelector("button").disabled = typed() !== document.body.dataset.forget;
  });

  // This browser keeps nothing either: the worker that shows messages goes, and the address.
  async function leave() {
    const scope = new URL(`${link}/`, location.href).href;
    const workers = navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : [];
    const mine = workers.filter((it) => it.scope.startsWith(scope));
    await Promise.all(mine.map((it) => it.unregister()));
  }

  function farewell(done) {
    gone = true;
    const panel = document.createElement("section");
    panel.className = "panel";
    const title = panel.appendChild(document.createElement("h1"));
    title.textContent = done ? "Everything about you is deleted" : "It is being deleted";
    panel.appendChild(document.createElement("p")).textContent = done
      ? "This page was yours, and opens nothing any more. Thank you for having been here."
      : "The hub is busy and does it as soon as it can. This page opens nothing from then on.";
    document.title = title.textContent;
    document.body.className = "alone";
    document.body.replaceChildren(panel);
    history.replaceState(null, "", "/a/");
  }

  forget.addEventListener("submit", (event) => {
    event.preventDefault();
    forget.querySelector("button").disabled = true;
    forgetting.textContent = "Deleting…";
    post("forget", { confirm: typed() })
      .then((answer) => {
        farewell(answer.gone);
        return leave().catch(() => undefined);
      })
      .catch(() => {
        forgetting.textContent = FAILED;
        forget.querySelector("button").disabled = false;
      });
  });

  document.addEventListener("visibilitychange", () => refresh().catch(() => undefined));
  setTimeout(loop, EVERY_MS);
})();

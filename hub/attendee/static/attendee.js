// Keeps the page up to date, and sends what its owner changes. Asks this host only.
"use strict";

(() => {
  const EVERY_MS = 2000;
  const link = document.body.dataset.link;
  const live = document.getElementById("live");
  const saved = document.getElementById("saved");
  let tag = "";

  async function refresh() {
    if (document.hidden) return;
    const answer = await fetch(`${link}/live`, { headers: tag ? { "If-None-Match": tag } : {} });
    if (answer.status !== 200) return;
    tag = answer.headers.get("ETag") || "";
    live.innerHTML = await answer.text();
  }

  async function send(change) {
    const answer = await fetch(`${link}/about`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(change),
    });
    if (!answer.ok) throw new Error(String(answer.status));
  }

  function loop() {
    refresh()
      .catch(() => undefined)
      .finally(() => setTimeout(loop, EVERY_MS));
  }

  const switches = [...document.querySelectorAll("[data-consent]")];
  for (const one of switches) {
    one.addEventListener("change", () => {
      const consents = switches.filter((it) => it.checked).map((it) => it.dataset.consent);
      send({ consents }).catch(() => {
        one.checked = !one.checked;
      });
    });
  }

  document.getElementById("about").addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const artists = form.artists.value.split(",").map((it) => it.trim()).filter(Boolean);
    send({ colour: form.colour.value, artists })
      .then(() => (saved.textContent = "Saved."))
      .catch(() => (saved.textContent = "That did not work. Please try again."));
  });

  document.addEventListener("visibilitychange", () => refresh().catch(() => undefined));
  setTimeout(loop, EVERY_MS);
})();

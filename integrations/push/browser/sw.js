// Shows what the hub sent, and opens the page it points to; nothing is fetched or stored.
"use strict";

const FALLBACK_TITLE = "News for you";

function destination(url) {
  const scope = self.registration.scope;
  try {
    const target = new URL(url || "", scope);
    const same = target.origin === self.location.origin;
    return same || target.protocol === "https:" ? target.href : scope;
  } catch {
    return scope;
  }
}

function read(data) {
  try {
    return data ? data.json() : {};
  } catch {
    return {};
  }
}

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const message = read(event.data);
  event.waitUntil(
    self.registration.showNotification(message.title || FALLBACK_TITLE, {
      body: message.text || "",
      tag: message.tag || "",
      data: { url: destination(message.url) },
    }),
  );
});

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((candidate) => candidate.url === url);
  return page ? page.focus() : self.clients.openWindow(url);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url || self.registration.scope));
});

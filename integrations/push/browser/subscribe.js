// Turns one button of the attendee's page into a switch for notifications in this browser.
//
//   <button data-push data-push-key="KEY" data-push-worker="sw.js" data-push-save="URL" hidden>
//   <span data-push-state role="status"></span>
//
// KEY is the hub's public key (base64url). A subscription is sent to URL as JSON
// {endpoint, p256dh, auth} with POST, and taken back with DELETE {endpoint}.
// data-push-on and data-push-off are the button's two texts. The button's data-push is afterwards
// "on", "off", "denied", "unsupported" or "failed".
"use strict";

(() => {
  const button = document.querySelector("[data-push]");
  if (!button) return;
  const status = document.querySelector("[data-push-state]");
  const settings = button.dataset;
  const texts = {
    on: "Notifications are on in this browser.",
    off: "Notifications are off in this browser.",
    denied: "Notifications are blocked in this browser's settings.",
    unsupported: "This browser has no notifications; your inbox is on this page.",
    failed: "That did not work. Please try again.",
  };

  function show(state) {
    settings.push = state;
    button.hidden = state === "denied" || state === "unsupported";
    button.setAttribute("aria-pressed", String(state === "on"));
    button.textContent =
      state === "on"
        ? settings.pushOff || "Turn notifications off"
        : settings.pushOn || "Turn notifications on";
    if (status) status.textContent = texts[state];
  }

  function bytes(text) {
    const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(text.length + ((4 - (text.length % 4)) % 4), "=");
    return Uint8Array.from(atob(padded), (character) => character.charCodeAt(0));
  }

  function sameKey(subscription) {
    const theirs = subscription.options?.applicationServerKey;
    if (!theirs) return true;
    const ours = bytes(settings.pushKey);
    return new Uint8Array(theirs).every((byte, index) => byte === ours[index]);
  }

  async function tell(method, body) {
    const answer = await fetch(settings.pushSave, {
      method,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the hub answered ${answer.status}`);
  }

  async function save(subscription) {
    const { endpoint, keys } = subscription.toJSON();
    await tell("POST", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  }

  // navigator.serviceWorker.ready would wait for ever on a page outside the worker's scope.
  function activated(registration) {
    if (registration.active) return Promise.resolve();
    const worker = registration.installing || registration.waiting;
    return new Promise((resolve, reject) => {
      worker.addEventListener("statechange", () => {
        if (worker.state === "activated") resolve();
        if (worker.state === "redundant") reject(new Error("the worker was not installed"));
      });
    });
  }

  async function subscribe(registration) {
    const old = await registration.pushManager.getSubscription();
    if (old && !sameKey(old)) await old.unsubscribe();
    const subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(settings.pushKey),
    });
    await save(subscription);
    return "on";
  }

  async function unsubscribe(registration) {
    const subscription = await registration.pushManager.getSubscription();
    if (subscription) {
      await tell("DELETE", { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    return "off";
  }

  async function turn(registration) {
    if (settings.push === "on") return unsubscribe(registration);
    const permission = await Notification.requestPermission();
    if (permission !== "granted") return permission === "denied" ? "denied" : "off";
    return subscribe(registration);
  }

  async function begin(registration) {
    if (Notification.permission === "denied") return "denied";
    const subscription = await registration.pushManager.getSubscription();
    if (!subscription) return "off";
    return subscribe(registration);
  }

  async function attempt(work) {
    button.disabled = true;
    try {
      show(await work());
    } catch {
      show("failed");
    } finally {
      button.disabled = false;
    }
  }

  async function start() {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
      show("unsupported");
      return;
    }
    const registration = await navigator.serviceWorker.register(settings.pushWorker || "sw.js");
    await activated(registration);
    button.addEventListener("click", () => attempt(() => turn(registration)));
    await attempt(() => begin(registration));
  }

  start().catch(() => show("failed"));
})();

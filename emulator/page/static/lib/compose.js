// The body of a flow made of what a form has; and the numbers that a scenario gives a meaning.
import { root } from "./root.js";

const SENDER = "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10";

const TEMPLATE = "0aac888f-2ee2-4112-9659-1755a951966a"; // the basic one for one-time passwords, which is always there

function step(channel, order, { to, text, templated }) {
  const base = { type: channel, to, order };
  if (channel === "Sms") return { ...base, from: "Shop", ttl: 120, message: { body: text } };
  if (channel === "Viber" && templated) {
    return { ...base, senderInfoTrackingId: SENDER, templateId: TEMPLATE, templateLang: "en", templateParams: { pin: "7193" }, ttl: 2.5 };
  }
  if (channel === "Viber") {
    return {
      ...base,
      senderInfoTrackingId: SENDER,
      ttl: 2.5,
      inboundUrl: `${root}/_emulator/sink`,
      message: { text, imageUrl: "https://shop.example/parcel.png", action: { caption: "Track it", targetUrl: "https://shop.example/parcels/71" } },
      failoverOnStatuses: ["EXPIRED", "FAILED", "UNDELIVERED"],
    };
  }
  return { ...base, from: "302100000000", dialPlan: { verbs: [{ type: "SAY", message: { text, language: "en-GB", gender: "female" } }] } };
}

export function compose(form) {
  const flow = form.channels.map((channel, index) => step(channel, index + 1, form));
  return form.callback ? { flow, callback: { strategy: form.strategy, url: form.callback } } : { flow };
}

// A number for each rule that asks for nothing but a number.
export function magic(rules) {
  const found = rules.map(({ name, match }) => ({ rule: name, number: /^to (?:is|looks like) (\+[0-9?]+)$/.exec(match)?.[1].replaceAll("?", "0") }));
  return found.filter(({ number }) => number);
}

// A form beside the JSON of a request. The JSON is what is sent: the form shows what stands in it, and a change in the
// form changes only that in it.
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

const said = (step) => (step.dialPlan?.verbs ?? []).find((verb) => verb.message)?.message;
const holder = (step) => ({ Sms: [step.message, "body"], Viber: [step.message, "text"] })[step.type] ?? [said(step), "text"];

function textOf(step) {
  const [place, member] = holder(step);
  return place?.[member] ?? "";
}

function setText(step, text) {
  const [place, member] = holder(step);
  if (place) place[member] = text;
}

// What of a request's JSON the form shows; null if it is no request.
export function read(json) {
  let body;
  try {
    body = JSON.parse(json);
  } catch {
    return null;
  }
  if (!Array.isArray(body?.flow) || !body.flow.every((each) => each && typeof each === "object")) return null;
  const flow = [...body.flow].sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
  const [first] = flow;
  return {
    body: { ...body, flow },
    templated: flow.some((each) => each.templateId !== undefined),
    channels: flow.map((each) => String(each.type ?? "?")),
    to: String(first?.to ?? ""),
    text: String(flow.map(textOf).find(Boolean) ?? ""),
    texted: flow.some((each) => holder(each)[0]),
    callback: String(body.callback?.url ?? ""),
    strategy: body.callback?.strategy === "OnCompletion" ? "OnCompletion" : "OnStep",
  };
}

// The request with some of what the form shows changed.
export function changed(json, members) {
  const { body, ...form } = read(json);
  const next = { ...form, ...members };
  if ("templated" in members) body.flow = body.flow.map((each) => (each.type === "Viber" ? step("Viber", each.order, next) : each));
  if ("to" in members) body.flow.forEach((each) => (each.to = next.to));
  if ("text" in members) body.flow.forEach((each) => setText(each, next.text));
  if ("callback" in members || "strategy" in members) {
    if (next.callback) body.callback = { ...body.callback, strategy: next.strategy, url: next.callback };
    else delete body.callback;
  }
  if ("add" in members) body.flow.push(step(members.add, body.flow.length + 1, next));
  if ("remove" in members) body.flow.splice(members.remove, 1);
  if ("add" in members || "remove" in members) body.flow.forEach((each, index) => (each.order = index + 1));
  return JSON.stringify(body, null, 2);
}

// A number for each rule that asks for nothing but a number.
export function magic(rules) {
  const found = rules.map(({ name, match }) => ({ rule: name, number: /^to (?:is|looks like) (\+[0-9?]+)$/.exec(match)?.[1].replaceAll("?", "0") }));
  return found.filter(({ number }) => number);
}

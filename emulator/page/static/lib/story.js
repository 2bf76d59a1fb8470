// A flow's journal as a story: what happened, when, and why. Only what the axis and the list of events both need.
import { CODES, ms } from "./words.js";

const inOrder = (request) => [...request.flow].sort((one, other) => one.order - other.order);

// The steps that started, each with the statuses that it took.
export function steps(flow) {
  const found = new Map();
  for (const { at, kind, data } of flow.journal) {
    if (kind === "accepted" || kind === "started") {
      found.set(data.step, { step: data.step, channel: data.channel, rule: data.rule, began: ms(at), marks: [] });
    } else if (kind === "status") {
      found.get(data.step)?.marks.push({ at: ms(at), status: data.status, callback: data.callback, lost: data.lost });
    }
  }
  return [...found.values()].map((step) => ({ ...step, ttl: ttl(flow, step) }));
}

function ttl(flow, { step, began }) {
  const minutes = flow.request.flow[step - 1]?.ttl;
  return minutes ? began + minutes * 60_000 : null;
}

export function attempts(flow) {
  return flow.callbacks.flatMap(({ id, attempts: tries }) => tries.map((tried) => ({ ...tried, id, when: ms(tried.at), good: tried.outcome === "received" })));
}

// Why the next channel started, or why none did, after a status of a step.
export function reason(flow, step, status) {
  const given = flow.request.flow[step - 1];
  const listed = given?.failoverOnStatuses || [];
  const order = inOrder(flow.request);
  const next = order[order.indexOf(given) + 1];
  if (!listed.some((each) => each.toLowerCase() === String(status).toLowerCase())) return "";
  return next ? `${status} is among its failoverOnStatuses, so ${next.type} starts` : `${status} is among its failoverOnStatuses, but no step is left`;
}

// The journal in words: one line for each entry.
export function told(flow) {
  return flow.journal.map((entry) => ({ ...entry, when: ms(entry.at), ...words(flow, entry) }));
}

function words(flow, { kind, data }) {
  switch (kind) {
    case "accepted":
      return { text: `Accepted; ${data.channel} starts`, more: `rule ${data.rule}`, tone: "going" };
    case "started":
      return { text: `${data.channel} starts`, more: `step ${data.step}, rule ${data.rule}`, tone: "going" };
    case "status":
      return { text: `${data.channel}: ${data.status}`, more: [detail(flow, data), reason(flow, data.step, data.status)].filter(Boolean).join("; "), status: data.status };
    case "completed":
      return { text: `The flow has ${data.status === "Succeeded" ? `succeeded on ${flow.terminationChannel}` : "failed"}`, more: data.statusCode === null ? "" : CODES[data.statusCode], status: data.status };
    case "attempt":
      return attempt(data);
    case "reply":
      return { text: `The recipient replies: ${data.message}`, more: "", tone: "going" };
    case "resent":
      return { text: "A callback is sent again", more: "", tone: "going" };
    default:
      return { text: kind, more: JSON.stringify(data), tone: "going" };
  }
}

function attempt({ attempt: number, outcome, status, answer, next }) {
  const good = outcome === "received";
  const more = good ? "" : [answer, next && `again at ${next}`].filter(Boolean).join("; ");
  return { text: `Callback, attempt ${number}: ${status || outcome}`, more, status: good ? "Delivered" : "Failed" };
}

// The reason that stands with a status: the one that was reported, or the usual one while the message still has it.
function detail(flow, { step, status, reason: given }) {
  const message = flow.phone.find((each) => each.step === step);
  const why = given || (message?.status === status ? message.reason : null);
  if (!why) return "";
  return typeof why === "string" ? why : [why.detailedStatus, why.description].filter(Boolean).join(": ").replace(/\.$/, "");
}

// A flow's journal as the time axis needs it: which steps ran when, and which attempts were made at its callbacks.
import { ms } from "./words.js";

// The steps that started, each with the statuses that it took and the time at which its ttl ends. A step that is held
// back has not started with its request.
export function steps(flow) {
  const found = new Map();
  for (const { at, kind, data } of flow.journal) {
    if (data.step && (kind === "accepted" || kind === "started")) {
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

// The attempts at all callbacks of the flow.
export function attempts(flow) {
  return flow.callbacks.flatMap(({ id, attempts: tries }) => tries.map((tried) => ({ ...tried, id, when: ms(tried.at), good: tried.outcome === "received" })));
}

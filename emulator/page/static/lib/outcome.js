// What became of a flow, as a sentence: who won, or what is tried; what ended before, in the journal's words; how long that
// took, and what it cost.
import { money } from "./numbers.js";
import { ms, span } from "./times.js";
import { LANES, statusCode } from "./words.js";

const STOPS = ["completed", "cancelled", "stranded"];

// The journal's last word on each step, without what it says of the callback.
function ends(flow) {
  const told = flow.journal.filter(({ kind }) => kind === "status").map(({ data, text }) => [data.step, text.replace(/, callback( lost)?$/, "")]);
  const last = new Map(told);
  return flow.phone.map(({ step, channel, status }) => last.get(step) ?? `${channel} ${status}`);
}

export function outcome(flow) {
  const tried = ends(flow);
  const stop = flow.journal.findLast(({ kind }) => STOPS.includes(kind));
  const won = flow.status === "Succeeded";
  const failed = flow.status === "Failed";
  const before = (failed ? tried : tried.slice(0, -1)).join(" → ");
  const took = stop && (won || failed) ? `It took ${span(ms(stop.at) - ms(flow.createdAt))} and cost` : "So far it costs";
  return { tone: won ? "good" : failed || stop ? "bad" : "going", head: head(flow, stop), before, joined: failed ? ": " : " after ", price: `${took} ${price(flow)}.` };
}

function head(flow, stop) {
  const last = flow.phone.at(-1)?.channel;
  if (flow.status === "Succeeded") return `${LANES.Succeeded} by ${flow.terminationChannel ?? last}`;
  if (flow.status === "Failed") return `${LANES.Failed}${flow.why && `, ${flow.why}`}${flow.statusCode ? ` (${statusCode(flow.statusCode)})` : ""}`;
  return stop?.text ?? (last ? LANES[last] : LANES.Queued);
}

// The price, and that of each message if there are several.
export function price({ totalPrice, currency, messages }) {
  const each = messages.filter((message) => message.price > 0);
  return `${money(totalPrice, currency)}${each.length > 1 ? ` (${each.map(({ type, price }) => `${type} ${money(price, currency)}`).join(", ")})` : ""}`;
}

// The words of the page, where more than one place has them or where they say what has happened. Statuses and the
// names of channels are the provider's; why something happened is told by the journal.
import { plural } from "./numbers.js";

export const DOWN = "The emulator isn't responding";
export const UNREADY = "The emulator isn't ready";
export const UNSURE = `${DOWN}. What you asked for may still be done.`;
export const START = "failover-emulator serve";

export const STATES = { live: "live", waiting: "no connection", connecting: "connecting…", locked: "locked" };

export const LANES = {
  Queued: "Waiting to start",
  Viber: "Trying Viber",
  Sms: "Trying Sms",
  Voice: "Calling",
  Succeeded: "Delivered",
  Failed: "Not delivered",
};

export const LOADING = "Loading…";
export const MORE = "Load more";
export const OLDER = "Older ones";
export const NONE = "Nothing here.";
export const DETAILS = "Details";
export const RESEND = "Resend";
export const RESENT = "Callback resent.";
export const DISMISS = "Dismiss";
export const ANY_APPLICATION = "all applications";
export const VALID = "Valid";
export const WRONG_TOKEN = "Wrong token.";
export const SHARED = "Shared clock";

export const latest = (count) => `Showing the latest ${count.toLocaleString("en")}`;
export const before = (number) => `Showing what came before number ${number}`;
export const events = (happened, truncated) => (truncated ? `more than ${plural(happened, "event")}` : plural(happened, "event"));
export const ownClock = (application) => `${application}'s own clock`;

export const CHARTS = "Channels, time to deliver, receivers";
export const rescuedBy = (channel) => `rescued by ${channel}`;
export const CLEARED = "Cleared. The scenario and overrides stay active.";
export const COUNTING = "Counting…";
export const STANDS = { ready: "not begun", playing: "playing", paused: "paused", ended: "over", failed: "stopped" };
export const MISSED = "Failover emulator: not delivered";
export const ACTIVE = "Active";
export const ACTIVATE = "Activate";
// What stands in the place of a scenario's name in the address of a new one, which no scenario can be called.
export const NEW = "~new";
// Topics of scenarios whose titles are not their names.
export const GROUPS = { yours: "Yours", api: "API", "": "General" };

export const statusCode = (code) => `statusCode ${code}`;
export const NOT_TO_SCALE = "Not to scale: a longer time gets more room, by its logarithm.";

const GOOD = new Set(["delivered", "seen", "completed", "succeeded", "success", "verified"]);
const BAD = new Set(["undelivered", "expired", "failed", "unsent", "busy", "noanswer", "unknown", "terminated"]);

// good, bad or going: how a status of a flow or a message looks.
export function tone(status) {
  const name = String(status).toLowerCase();
  if (GOOD.has(name)) return "good";
  return BAD.has(name) ? "bad" : "going";
}

// The same of a message whose flow has ended: what was under way then was stopped.
export const ended = (status, over) => (over && tone(status) === "going" ? "stopped" : tone(status));

// What becomes of a message, by its status.
export const BECOMES = {
  delivered: "is delivered",
  seen: "is seen",
  completed: "is answered",
  undelivered: "isn't delivered",
  expired: "expires",
  failed: "fails",
  unsent: "isn't sent",
  busy: "is busy",
  noanswer: "isn't answered",
  terminated: "is cut off",
  unknown: "ends unknown",
};

// An outcome that a request can have, such as: Viber expires, then Sms is delivered.
export const becomes = ({ steps, why }) => `${steps.map(({ channel, status }) => `${channel} ${BECOMES[status.toLowerCase()] ?? status}`).join(", then ")}${why && ` (${why})`}`;
export const ENDS = ["Delivered", "Rescued by failover", "Not delivered"];
export const endOf = ({ status, steps }) => ENDS[status === "Failed" ? 2 : steps.length > 1 ? 1 : 0];

// How a message can fail by channel, the likeliest first. A test compares them with what channels report.
export const FAILURES = {
  Viber: ["UNDELIVERED", "EXPIRED", "FAILED", "UNSENT"],
  Sms: ["Undelivered", "Failed", "Unsent"],
  Voice: ["Busy", "NoAnswer", "Failed", "Unsent", "Terminated", "Unknown"],
};

// The outcome of a callback, with those apart that have failed so far.
export const standing = ({ outcome, attempts }) => (outcome === "pending" ? (attempts.length ? "failing" : "waiting") : outcome);
export const STANDING = { received: "good", waiting: "going", failing: "bad", "given up": "bad" };

// What shows nothing, but for blanks, ends of lines, and what joins emoji.
const HIDDEN = /(?![ \n]|\u200d\p{Extended_Pictographic})[\p{C}\p{Z}\u115f\u1160\u2800\u3164\uffa0]/gu;

// A text in which signs that don't print are escapes, such as \u200b. JSON stays the same JSON.
export const visible = (text) => String(text).replace(HIDDEN, (sign) => sign.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""));

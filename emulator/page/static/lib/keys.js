// The page's keys. They are letters where something is typed, and none works once they are switched off.
import { useLayoutEffect, useRef } from "./html.js";
import { forGood } from "./kept.js";
import { link } from "./route.js";

const OFF = "keys-off";
// How many milliseconds after g its letter may come.
const SOON = 1500;

export const GOES = { b: "board", s: "send", n: "scenarios", y: "stories", t: "time", j: "journal", c: "callbacks", k: "sink", r: "refused" };

// Each key in words, as the dialog lists them.
export const KEYS = [
  ["?", "This list"],
  ["/", "Search"],
  ["j", "To the next flow or row"],
  ["k", "To the one before"],
  ["Enter", "Open it"],
  [".", "Move time to the next event"],
  ["Space", "Pause time, or let it run"],
  ["[", "The flow before this one"],
  ["]", "The flow after this one"],
  ...Object.entries(GOES).map(([key, view]) => [`g ${key}`, `Go to ${view === "refused" ? "refused requests" : view}`]),
];

export const keysOff = () => forGood.get(OFF) === "yes";
export const switchKeys = (on) => forGood.set(OFF, on ? "" : "yes");

const TYPED = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const PRESSED = "a, button, input, select, textarea, summary, [tabindex='0']";
// What j and k walk along: flows, and rows of lists that open.
const ROWS = "main [data-flow] a, main td.toggle button, main .coming button, main .stories h2 a, main .scenarios a";

function walk(by) {
  const rows = [...document.querySelectorAll(ROWS)].filter((each) => each.checkVisibility());
  const at = rows.findIndex((each) => each.closest("[data-flow], tr, li")?.contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const press = (selector) => document.querySelector(selector)?.click();
const field = () => document.querySelector("main input[type=search]");

// Listen to the keys; `place` is the view that is shown, `help` shows the list of keys. A presentation has its own.
export function useKeys(place, help) {
  const state = useRef({});
  Object.assign(state.current, { place, help });
  useLayoutEffect(() => {
    const pressed = (event) => keyed(event, state.current);
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  useLayoutEffect(() => {
    if (state.current.searching) field()?.focus();
    state.current.searching = false;
  }, [place]);
}

function keyed(event, state) {
  const { key, target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || keysOff()) return;
  if (location.hash.startsWith(link("present")) || document.querySelector("dialog[open]") || target.closest(TYPED)) return;
  const after = state.g && event.timeStamp - state.g < SOON;
  state.g = key === "g" && !after ? event.timeStamp : 0;
  const does = after ? goes(key) : acts(key, target, state);
  if (!does) return;
  event.preventDefault();
  does();
}

const goes = (key) => (Object.hasOwn(GOES, key) ? () => (location.hash = link(GOES[key])) : null);

function acts(key, target, state) {
  const search = () => {
    if (field()) return field().focus();
    state.searching = true;
    location.hash = link("board");
    return undefined;
  };
  const all = {
    "?": state.help,
    "/": search,
    j: () => walk(1),
    k: () => walk(-1),
    ".": () => press(".clock .next:not(:disabled)"),
    "[": () => press("a[rel=prev]"),
    "]": () => press("a[rel=next]"),
    " ": target.closest(PRESSED) ? null : () => press(".clock button"),
  };
  return all[key] ?? null;
}

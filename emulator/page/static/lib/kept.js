// What the browser keeps: for this tab, such as drafts, or for good, such as the theme. Where site data is blocked, it
// is kept as long as the page is open.
import { useState } from "./html.js";

const here = new Map();

function place(name, key, value) {
  const own = `${name}:${key}`;
  try {
    if (value === undefined) return window[name].getItem(key) ?? here.get(own) ?? "";
    if (value === "") window[name].removeItem(key);
    else window[name].setItem(key, value);
  } catch {
    if (value === undefined) return here.get(own) ?? "";
  }
  here.set(own, value);
  return value;
}

export const forTab = { get: (key) => place("sessionStorage", key), set: (key, value) => place("sessionStorage", key, value) };
export const forGood = { get: (key) => place("localStorage", key), set: (key, value) => place("localStorage", key, value) };

// Forget a text that was typed; it is where it belongs.
export const forgetDraft = (name) => forTab.set(`draft:${name}`, "");

// A text that is typed, kept over views and reloads until it is what it was at first.
export function useDraft(name, start) {
  const key = `draft:${name}`;
  const [text, setText] = useState(() => forTab.get(key) || start);
  const change = (next) => {
    forTab.set(key, next === start ? "" : next);
    setText(next);
  };
  return [text, change];
}

// Flows that failed while the page was not looked at: how many there are stands in the tab's title and icon; and this
// desktop is notified of them, if that was asked for.
import { useEffect, useRef, useState } from "./html.js";
import { forGood } from "./kept.js";
import { plural } from "./numbers.js";
import { MISSED } from "./words.js";

const KEY = "notify";
export const told = () => forGood.get(KEY) === "yes" && window.Notification?.permission === "granted";
export const switchTold = (on) => forGood.set(KEY, on ? "yes" : "");

const failed = (board) => board?.lanes.find((lane) => lane.name === "Failed")?.count ?? 0;

// How many flows of the board have failed since the page was last looked at.
export function useMissed(board) {
  const [missed, setMissed] = useState(0);
  const seen = useRef(null);
  const latest = useRef(board);
  latest.current = board;
  const note = () => {
    if (!latest.current) return;
    const now = failed(latest.current);
    if (!document.hidden || seen.current === null || now < seen.current) seen.current = now;
    setMissed(now - seen.current);
  };
  useEffect(note, [board]);
  useEffect(() => {
    document.addEventListener("visibilitychange", note);
    return () => document.removeEventListener("visibilitychange", note);
  }, []);
  useEffect(() => {
    document.querySelector("link[rel=icon]").href = missed ? "page/failed.svg" : "page/icon.svg";
    if (missed && told()) notify(missed);
  }, [missed]);
  return missed;
}

function notify(missed) {
  const shown = new Notification(MISSED, { body: `${plural(missed, "flow")} failed.`, tag: "failed" });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
}

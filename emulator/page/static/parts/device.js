// A phone around what it shows: the time, whether it is on, and a notification when a message arrives.
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { clock } from "../lib/times.js";
import { visible } from "../lib/words.js";

// How many milliseconds a notification stays.
const STAYS = 6000;

export function Device({ at, news, children, screen, which = "" }) {
  return html`
    <div class="phone">
      <div class="phone-top" aria-hidden="true"><span>${at ? clock(at).slice(0, 5) : ""}</span><span class="notch"></span><span class="signal"></span></div>
      <div class="screen-of">
        <div class="notices" role="status">${news && html`<p key=${news.key} class=${`notice notice-${news.channel.toLowerCase()}`}><b>${news.channel}</b> <span>${news.from}</span><span class="gist" dir="auto">${visible(news.gist)}</span></p>`}</div>
        <div class="screen" role="region" aria-label=${`Screen${which}`} tabindex="0" ref=${screen}>${children}</div>
      </div>
    </div>
  `;
}

const gist = ({ channel, texts, message, template }) => (channel === "Voice" ? "calls" : channel === "Sms" ? texts.join("") : message?.text || (template ? template.templateId : "sends a picture"));

// What has arrived a moment ago; what was there when the phone was first looked at is no news. `messages` have arrived;
// until all are `there`, none is.
export function useArrivals(messages, whose, there = true) {
  const known = useRef(null);
  const [news, setNews] = useState(null);
  const keys = messages.map((message) => `${message.flow ?? whose}/${message.step}`);
  useEffect(() => {
    if (!there) return undefined;
    const before = known.current;
    known.current = new Set(keys);
    if (!before) return undefined;
    const at = keys.findLastIndex((key) => !before.has(key));
    if (at < 0) return undefined;
    setNews({ key: keys[at], channel: messages[at].channel, from: messages[at].from, gist: gist(messages[at]) });
    return undefined;
  }, [keys.join(), there]);
  useEffect(() => {
    if (!news) return undefined;
    const timer = setTimeout(() => setNews(null), STAYS);
    return () => clearTimeout(timer);
  }, [news]);
  return news;
}

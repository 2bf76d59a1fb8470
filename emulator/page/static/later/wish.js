// A form for the common wish, which writes a rule into the text.
import { html, useState } from "../lib/html.js";
import { CHANNELS, complete, ending, endings, ruled, sentence } from "./wishing.js";

const WHO = { all: "everybody", one: "one number", some: "numbers that begin with" };
const NOTHING = { who: "all", number: "", share: 100, ends: {}, uses: "" };

// `write` takes the rule's lines and the wish in words; it answers whether the text could take them. A wish that is
// `counted` can hold for some requests alone.
export function Wish({ write, counted }) {
  const [wish, setWish] = useState(NOTHING);
  const [refused, refuse] = useState(false);
  const set = (members) => setWish({ ...wish, ...members });
  const end = (channel, members) => set({ ends: { ...wish.ends, [channel]: { status: "", after: "", ...wish.ends[channel], ...members } } });
  const add = (event) => {
    event.preventDefault();
    const written = write(ruled(wish), sentence(wish));
    refuse(!written);
    if (written) setWish(NOTHING);
  };
  return html`
    <form class="wish" aria-label=${counted ? "Override by form" : "Rule by form"} onSubmit=${add}>
      <div class="row">
        <label>For <select value=${wish.who} onChange=${(event) => set({ who: event.target.value })}>${Object.entries(WHO).map(([who, name]) => html`<option key=${who} value=${who} selected=${who === wish.who}>${name}</option>`)}</select></label>
        ${wish.who !== "all" && html`<label>Number <input type="tel" value=${wish.number} placeholder="+306912345678" onInput=${(event) => set({ number: event.target.value })} /></label>`}
        <label>Share of recipients, % <input type="number" min="1" max="99" placeholder="100" value=${wish.share === 100 ? "" : wish.share} onInput=${(event) => set({ share: event.target.value === "" ? 100 : Number(event.target.value) })} /></label>
        ${counted && html`<label>Requests <input type="number" min="1" placeholder="all" value=${wish.uses} onInput=${(event) => set({ uses: event.target.value })} /></label>`}
      </div>
      ${CHANNELS.map((channel) => html`<div class="row" key=${channel} role="group" aria-label=${channel}>
        <label>${channel} <select value=${wish.ends[channel]?.status ?? ""} onChange=${(event) => end(channel, { status: event.target.value })}><option value="">as otherwise</option>${endings(channel).map((status) => html`<option key=${status} value=${status} selected=${status === wish.ends[channel]?.status}>${ending(status)}: ${status}</option>`)}</select></label>
        ${wish.ends[channel]?.status && wish.ends[channel].status !== "silence" && html`<label>after <input value=${wish.ends[channel].after} placeholder="as usual; or 5s, 10m, 1h30m" pattern="(\\d+(\\.\\d+)?(ms|s|m|h|d))+" onInput=${(event) => end(channel, { after: event.target.value.trim() })} /></label>`}
      </div>`)}
      <p class="row"><button disabled=${!complete(wish)}>Add this rule</button> ${complete(wish) && html`<span class="hint">${sentence(wish)}</span>`}</p>
      ${refused && html`<p role="alert" class="bad">The rules of this text are not one below the other; write this one by hand.</p>`}
    </form>
  `;
}

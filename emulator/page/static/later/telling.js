// Stories that the emulator plays: what one is asked to do, and which is shown where none is named.
import { call } from "../lib/api.js";
import { useRef } from "../lib/html.js";
import { trying } from "../lib/say.js";

export const act = (name, what) => trying(() => call("POST", `/stories/${encodeURIComponent(name)}`, { act: what }));

export const playing = (stories) => stories.find(({ stand }) => stand === "playing") ?? stories.find(({ stand }) => stand === "paused");

// The flow that moved last, in short; of one application if that is given. Times of different clocks can't be compared, so
// it is one that has come or changed since the board before; at first, the one with the latest time.
export function useLatest(board, application) {
  const was = useRef({ board: null, cards: new Map(), id: "" });
  if (board && board !== was.current.board) {
    const cards = board.lanes.flatMap((lane) => lane.cards).filter((card) => !application || card.application === application);
    const looks = new Map(cards.map((card) => [card.id, JSON.stringify(card)]));
    const moved = cards.filter((card) => was.current.cards.get(card.id) !== looks.get(card.id));
    const sent = moved.filter((card) => !was.current.cards.has(card.id));
    const among = sent.length ? sent : moved.length ? moved : looks.has(was.current.id) ? [] : cards;
    const last = among.reduce((latest, card) => (!latest || card.updatedAt > latest.updatedAt ? card : latest), null);
    was.current = { board, cards: looks, id: last?.id ?? (looks.has(was.current.id) ? was.current.id : "") };
    was.current.card = cards.find(({ id }) => id === was.current.id) ?? null;
  }
  return was.current.card ?? null;
}

// The emulator's own API, as this page calls it. What it refuses is thrown as Refused, with its words; where nothing
// answers in time, Unanswered is thrown.
import { connection } from "./connection.js";
import { forGood } from "./kept.js";
import { root } from "./root.js";
import { DOWN, UNSURE } from "./words.js";

const KEY = "control-token";
// Milliseconds within which an answer must begin, in ticks.
const TICK = 500;
const PATIENCE = 10_000;

export class Refused extends Error {
  constructor(status, body) {
    super(body.detail || body.developerMessage || body.error_description || `HTTP ${status}`);
    this.status = status;
    this.body = body;
    this.problems = body.problems || [];
  }
}

export class Unanswered extends Error {}

export const token = () => forGood.get(KEY);
export const setToken = (text) => forGood.set(KEY, text);

const bearer = () => (token() ? { Authorization: `Bearer ${token()}` } : {});

export async function call(method, path, body, signal) {
  const headers = { ...bearer(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return decoded(await fetched(`${root}/_emulator${path}`, { method, headers, body: sent, signal, cache: "no-store" }));
}

export const get = (path, signal) => call("GET", path, undefined, signal);

// A path with a query of what is not empty.
export function query(path, members) {
  const kept = Object.entries(members).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  return kept.length ? `${path}?${new URLSearchParams(kept)}` : path;
}

// A token of the provider's own, as any client gets it.
export async function grant(application, secret) {
  const headers = {
    Authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${application}:${secret}`)))}`,
    "Content-Type": "application/x-www-form-urlencoded",
  };
  const granted = await decoded(await fetched(`${root}/oauth/token`, { method: "POST", headers, body: "grant_type=client_credentials" }));
  return granted.access_token;
}

// A POST of the provider's, as any client sends it: the status and the body of the answer.
export async function sendFlow(bearerToken, path, text) {
  const headers = { Authorization: `Bearer ${bearerToken}`, "Content-Type": "application/json" };
  const answer = await fetched(`${root}${path}`, { method: "POST", headers, body: text });
  const body = await answer.text();
  return { status: answer.status, body };
}

// An answer, once it begins. A question is given up when that takes too long. What changes something may take its time
// as long as the emulator is seen to live: it may have much to do.
async function fetched(url, { signal, ...options }) {
  const asks = (options.method ?? "GET") === "GET";
  const over = new AbortController();
  signal?.addEventListener("abort", () => over.abort());
  let timer = 0;
  const late = new Promise((_, reject) => {
    let ticks = 0;
    timer = setInterval(() => {
      ticks += 1;
      if (ticks * TICK < PATIENCE || (!asks && connection.state === "live")) return;
      reject(new Unanswered(asks ? DOWN : UNSURE));
      if (asks) over.abort();
    }, TICK);
  });
  try {
    return await Promise.race([fetch(url, { ...options, signal: over.signal }), late]);
  } catch (error) {
    if (signal?.aborted || error instanceof Unanswered) throw error;
    throw new Unanswered(DOWN);
  } finally {
    clearInterval(timer);
  }
}

async function decoded(answer) {
  const text = await answer.text();
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    body = { detail: text.slice(0, 300) };
  }
  if (!answer.ok) throw new Refused(answer.status, body);
  return body;
}

// Times as people read them. All are the emulator's, in UTC.
export const ms = (iso) => (iso ? Date.parse(iso) : null);

const pad = (number) => String(number).padStart(2, "0");

export function day(at) {
  const date = new Date(at);
  return `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
}

export function clock(at) {
  const date = new Date(at);
  return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
}

export const moment = (iso) => (iso ? `${day(ms(iso))} ${clock(ms(iso))}` : "");

const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]];

// A span of milliseconds in its two largest units, such as 2.5 s, 1 min 3 s or 3 h 20 min.
export function span(length) {
  if (length < 59_950) return `${Math.round(length / 100) / 10} s`;
  const seconds = Math.round(length / 1000);
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  const [[big, size], [small, less]] = [UNITS[first], UNITS[first + 1]];
  const rest = Math.floor((seconds % size) / less);
  return `${Math.floor(seconds / size)} ${big}${rest ? ` ${rest} ${small}` : ""}`;
}

// Counts and telephone numbers as people write them.
export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

// An amount of money, such as €0.045 or −€1.20: with the cents that matter, and no more than four decimals.
export function money(amount, currency) {
  const digits = Math.abs(amount) >= 100 || Number.isInteger(amount * 100) ? 2 : 4;
  return new Intl.NumberFormat("en", { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: digits }).format(amount);
}

export const percent = (part) => (part === null ? "" : `${part.toLocaleString("en")} %`);

// Country codes have one, two or three digits; those of one and two are these.
const CODE = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

// The groups of a number in international form: its country code, then three digits and more.
export function groups(number) {
  if (!/^\+\d{8,15}$/.test(number)) return [number];
  const digits = number.slice(1);
  const code = CODE.exec(digits)?.[0] ?? digits.slice(0, 3);
  const rest = digits.slice(code.length);
  const parts = rest.match(/\d{3}(?=\d{2})|\d+$/g) ?? [];
  return [`+${code}`, ...parts];
}

// A text to search for. A number is found however it is written: +30 690 0000, 0030690, (690) 000.
export function searched(text) {
  const plain = text.trim();
  if (!/^[+\d(][\d\s().\/-]*$/.test(plain) || /^[\d-]{30,}$/.test(plain)) return plain;
  return plain.replace(/[^+\d]/g, "").replace(/^00(?=[1-9]\d{7})/, "+");
}

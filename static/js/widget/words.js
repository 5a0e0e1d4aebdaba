/* Words and settings that the page brought along, in the visitor's language. */
const read = (id) => JSON.parse(document.getElementById(id).textContent);

export const settings = read("settings");
const texts = read("texts");

export const word = (name, ...values) => values.reduce((text, value) => text.replace("%s", () => value), texts[name]);

export const clock = (at) =>
  new Intl.DateTimeFormat(settings.language, { hour: "2-digit", minute: "2-digit" }).format(new Date(at));

export const day = (at) =>
  new Intl.DateTimeFormat(settings.language, { weekday: "long", day: "numeric", month: "long" }).format(new Date(at));

/** A day without an hour, as forms have it: "2027-02-28" in words. */
export const date = (iso) =>
  /^\d{4}-\d\d-\d\d$/.test(iso)
    ? new Intl.DateTimeFormat(settings.language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(iso))
    : iso;

/** How long, in words: "30 minutes". */
export const lasting = (minutes) => {
  const [unit, count] = minutes % 60 || minutes < 60 ? ["minute", minutes] : ["hour", minutes / 60];
  return new Intl.NumberFormat(settings.language, { style: "unit", unit, unitDisplay: "long" }).format(count);
};

/** A file's size as the rest of the house says it (apps/core/sizes.py). */
export function size(bytes) {
  let [value, power] = [bytes, 0];
  while (Math.ceil(value) >= 1024 && power < settings.sizes.length - 1) [value, power] = [value / 1024, power + 1];
  const fine = power > 1 || value < 10 ? 10 : 1;
  const format = { maximumFractionDigits: 1, useGrouping: false };
  const number = new Intl.NumberFormat(settings.language, format).format(Math.ceil(value * fine) / fine);
  return settings.sizes[power].replace("%s", number);
}

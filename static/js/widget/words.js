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

export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte"];
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
  const format = { style: "unit", unit: units[step], unitDisplay: "short", maximumFractionDigits: step === 2 ? 1 : 0 };
  return new Intl.NumberFormat(settings.language, format).format(bytes / 1000 ** step);
}

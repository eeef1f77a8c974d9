// How a browser calls itself (User-Agent, RFC 9110 section 10.1.5) in the words that people use for it. Only a hint: a
// browser may call itself anything.

// undefined: not known.
export interface Browser {
  name: string | undefined;
  system: string | undefined;
}

type Marks = readonly (readonly [RegExp, string])[];

// Browsers name what they are built on or want to be taken for as well, so the more special ones come first.
const NAMES: Marks = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\b(OPR|Opera)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b((Headless)?Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: Marks = [
  [/\bWindows\b/, "Windows"],
  [/\b(iPhone|iPod)\b/, "iOS"],
  [/\biPad\b/, "iPadOS"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

const find = (marks: Marks, agent: string) => marks.find(([mark]) => mark.test(agent))?.[1];

export function browserOf(agent: string): Browser {
  // A program that is no browser names itself first and does not claim to be Mozilla.
  const program = /^(?!Mozilla\/)([\w.-]+)(\/|$)/.exec(agent)?.[1];
  return { name: find(NAMES, agent) ?? program, system: find(SYSTEMS, agent) };
}

// Light, dark, or as the system says. Cloudscape reads the mode from a class, so a person's choice can beat the system.

import {
  fontFamilyBase,
  fontFamilyDisplay,
  fontFamilyHeading,
  fontFamilyMonospace,
} from "@cloudscape-design/design-tokens";
import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const STORAGE_KEY = "menkyo.theme";
const SANS =
  'system-ui, -apple-system, "Segoe UI", "Hiragino Sans", "Yu Gothic UI", Meiryo, "Noto Sans", "Noto Sans CJK JP", sans-serif';
const MONOSPACE = 'ui-monospace, "SFMono-Regular", Menlo, Consolas, "Noto Sans Mono CJK JP", monospace';

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let chosen: Theme = readStored();

function readStored(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

function apply() {
  const isDark = chosen === "dark" || (chosen === "system" && dark.matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = isDark ? "dark" : "light";
}

// The name of the custom property inside a design token, which looks like "var(--name, default)".
export function propertyName(token: string): string {
  const name = /^var\((--[\w-]+)/.exec(token)?.[1];
  if (name === undefined) throw new Error(`not a design token: ${token}`);
  return name;
}

export function startTheme() {
  const style = document.documentElement.style;
  for (const token of [fontFamilyBase, fontFamilyDisplay, fontFamilyHeading]) {
    style.setProperty(propertyName(token), SANS);
  }
  style.setProperty(propertyName(fontFamilyMonospace), MONOSPACE);
  dark.addEventListener("change", apply);
  apply();
}

export function chooseTheme(theme: Theme) {
  chosen = theme;
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  apply();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => chosen,
  );
}

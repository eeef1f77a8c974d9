// A page: its title in the tab, its landmark, and where its reader begins.
import { type ReactNode, useEffect } from "react";

interface PageFrameProps {
  title: string;
  narrow?: boolean;
  // For long texts.
  reading?: boolean;
  // The way here, as <Crumbs>; pages that need none do not load it.
  crumbs?: ReactNode;
  children: ReactNode;
}

export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} – Menkyo`;
  }, [title]);
}

// The place of all pages; it takes the focus while a page is still on its way.
export const CONTENT = "content";

// Puts the focus on the heading, where a new document would begin for whoever listens or has no mouse.
export function focusHeading() {
  const content = document.getElementById(CONTENT);
  const heading = content?.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  (heading ?? content)?.focus({ preventScroll: true });
}

// For what brings the heading of a page: the focus may wait for it already.
export function useHeadingFocus() {
  useEffect(() => {
    if (document.activeElement?.id === CONTENT) focusHeading();
  }, []);
}

export function PageFrame({ title, narrow, reading, crumbs, children }: PageFrameProps) {
  useTitle(title);
  useHeadingFocus();
  return (
    <>
      {crumbs}
      <main className={narrow ? "menkyo-narrow" : reading ? "menkyo-reading" : "menkyo-page"}>{children}</main>
    </>
  );
}

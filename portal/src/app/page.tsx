// A page: its title in the tab and its landmark.
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

export function PageFrame({ title, narrow, reading, crumbs, children }: PageFrameProps) {
  useTitle(title);
  return (
    <>
      {crumbs}
      <main className={narrow ? "menkyo-narrow" : reading ? "menkyo-reading" : "menkyo-page"}>{children}</main>
    </>
  );
}

// The frame around every page: a way past the header, the header, the page, the footer.
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation } from "react-router";
import { Flashes, useTurnPage } from "../ui/flash";
import { ShellFooter } from "./footer";
import { ShellHeader } from "./header";
import { CONTENT, focusHeading } from "./page";

const ANNOUNCE_AFTER_MS = 800;

// What has the focus may go away with its form, its dialog or its row, be hidden or be disabled. The browser would begin
// anew at the top of the document; here the heading of the page takes over.
function useKeptFocus() {
  useEffect(() => {
    let last: Element | null = null;
    const remember = (event: FocusEvent) => {
      last = event.target as Element;
    };
    const observer = new MutationObserver(() => {
      const active = document.activeElement;
      // The browser takes the focus from what is hidden or disabled a moment later than from what is removed.
      if (last === null || (active !== document.body && active !== last) || canHaveFocus(last)) return;
      last = null;
      focusHeading();
    });
    document.addEventListener("focusin", remember);
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      attributeFilter: ["class", "style", "disabled"],
    });
    return () => {
      document.removeEventListener("focusin", remember);
      observer.disconnect();
    };
  }, []);
}

function canHaveFocus(element: Element) {
  return element.isConnected && !element.matches(":disabled") && element.checkVisibility();
}

export function Shell() {
  const { t } = useTranslation();
  const location = useLocation();
  const pathname = useRef(location.pathname);
  const [announcement, announce] = useState("");
  const turnPage = useTurnPage();
  useKeptFocus();
  useEffect(() => {
    if (pathname.current === location.pathname) return;
    pathname.current = location.pathname;
    turnPage();
    // Somebody walking through the tree of virtual accounts goes on walking, and some pages begin in a field.
    if (document.activeElement?.closest('[role="tree"], input') === null) focusHeading();
    window.scrollTo(0, 0);
    // The title is known once the page is there; then it is read out.
    const timer = setTimeout(() => announce(document.title), ANNOUNCE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [location.pathname, turnPage]);
  return (
    <>
      <a
        className="menkyo-skip"
        href={`#${CONTENT}`}
        onClick={(event) => {
          event.preventDefault();
          focusHeading();
        }}
      >
        {t("shell.skip")}
      </a>
      <ShellHeader />
      <div className="menkyo-unseen" role="status">
        {announcement}
      </div>
      <div id={CONTENT} tabIndex={-1} className="menkyo-content">
        <Flashes />
        <Outlet />
      </div>
      <ShellFooter />
    </>
  );
}

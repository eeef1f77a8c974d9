// The frame around every page: a way past the header, the header, the page, the footer.
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation } from "react-router";
import { Flashes } from "../ui/flash";
import { ShellFooter } from "./footer";
import { ShellHeader } from "./header";

const ANNOUNCE_AFTER_MS = 800;

export function Shell() {
  const { t } = useTranslation();
  const location = useLocation();
  const main = useRef<HTMLDivElement>(null);
  const pathname = useRef(location.pathname);
  const [announcement, announce] = useState("");
  useEffect(() => {
    if (pathname.current === location.pathname) return;
    pathname.current = location.pathname;
    // After a change of page the focus starts at its top, as it would after loading a new document.
    // Only somebody walking through the tree of virtual accounts goes on walking.
    if (document.activeElement?.closest('[role="tree"]') === null) main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    // The title is known once the page is there; then it is read out.
    const timer = setTimeout(() => announce(document.title), ANNOUNCE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [location.pathname]);
  return (
    <>
      <a className="menkyo-skip" href="#content">
        {t("shell.skip")}
      </a>
      <ShellHeader />
      <div className="menkyo-unseen" role="status">
        {announcement}
      </div>
      <div id="content" ref={main} tabIndex={-1} className="menkyo-content">
        <Flashes />
        <Outlet />
      </div>
      <ShellFooter />
    </>
  );
}
